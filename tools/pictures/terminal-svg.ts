const cell = { width: 8.4, height: 18 };
const margin = 16;
const colors = {
  background: "#10141a",
  text: "#d7dce2",
  dim: "#8b949e",
  basic: ["#484f58", "#ff7b72", "#56d364", "#e3b341", "#79c0ff", "#d2a8ff", "#56d4dd", "#d7dce2"],
};

interface Style {
  readonly color: string;
  readonly bold: boolean;
  readonly underline: boolean;
}

const escapeCharacter = String.fromCharCode(27);
const sequences = new RegExp(`(?:${escapeCharacter}\\[([\\d;]*)m)?([^${escapeCharacter}]*)`, "g");

const plain: Style = { color: colors.text, bold: false, underline: false };

/**
 * Draws a terminal's screen.
 * @param screen text with SGR sequences, as tmux captures it
 * @param columns of the terminal
 * @param title what the picture shows, for those who cannot see it
 */
export function toSvg(screen: string, columns: number, title: string): string {
  const lines = screen.trimEnd().split("\n");
  const width = Math.ceil(columns * cell.width + 2 * margin);
  const height = lines.length * cell.height + 2 * margin;
  let style = plain;
  const rows = lines.map((line, row) => {
    const spans: string[] = [];
    let column = 0;
    for (const [, codes, text = ""] of line.matchAll(sequences)) {
      if (codes !== undefined) style = restyle(style, codes);
      if (text) spans.push(span(text, column, row, style));
      column += [...text].length;
    }
    return spans.join("");
  });
  const font = "ui-monospace, 'JetBrains Mono', Menlo, Consolas, monospace";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" font-family="${font}" font-size="14">
<title>${title}</title>
<rect width="100%" height="100%" rx="8" fill="${colors.background}"/>
${rows.filter(Boolean).join("\n")}
</svg>
`;
}

function span(
  text: string,
  column: number,
  row: number,
  { color, bold, underline }: Style,
): string {
  if (text.trim() === "") return "";
  const x = (margin + column * cell.width).toFixed(1);
  const y = margin + row * cell.height + 13;
  const length = ([...text].length * cell.width).toFixed(1);
  const weight = bold ? ' font-weight="bold"' : "";
  const line = underline ? ' text-decoration="underline"' : "";
  const content = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(" ", "\u00a0");
  return `<text x="${x}" y="${y}" textLength="${length}" fill="${color}"${weight}${line}>${content}</text>`;
}

/** Select Graphic Rendition, as far as the notebook uses it. */
function restyle(style: Style, codes: string): Style {
  const numbers = codes === "" ? [0] : codes.split(";").map(Number);
  let next = style;
  for (const code of numbers) {
    if (code === 0) next = plain;
    else if (code === 1) next = { ...next, bold: true };
    else if (code === 2) next = { ...next, color: colors.dim };
    else if (code === 22) next = { ...next, bold: false, color: colors.text };
    else if (code === 4 || code === 24) next = { ...next, underline: code === 4 };
    else if (code >= 30 && code <= 37)
      next = { ...next, color: colors.basic[code - 30] ?? colors.text };
    else if (code === 39) next = { ...next, color: colors.text };
  }
  return next;
}

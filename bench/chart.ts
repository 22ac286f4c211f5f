import { seconds } from "./format.ts";
import type { Result } from "./results.ts";

const LABELS = 330;
const BARS = 400;
const VALUES = 90;
const ROW = 30;
const TOP = 52;
const WIDTH = LABELS + BARS + VALUES;

/** Colours for light and for dark, with a background: a page may be dark where the system is light. */
const style = `
  .back { fill: #ffffff } text { fill: #1f2328; font: 13px system-ui, sans-serif }
  .title { font-weight: 600; font-size: 15px } .note { fill: #59636e; font-size: 12px }
  .runner { fill: #1a7f64 } .other { fill: #8c959f } .range { stroke: #1f2328; stroke-width: 1.5 }
  .cut { stroke: #ffffff; stroke-width: 3 } .mark { stroke: #59636e; stroke-dasharray: 3 3 }
  @media (prefers-color-scheme: dark) {
    .back { fill: #0d1117 } text { fill: #e6edf3 } .note { fill: #9198a1 }
    .runner { fill: #3fb68b } .other { fill: #6e7681 } .range { stroke: #e6edf3 }
    .cut { stroke: #0d1117 } .mark { stroke: #9198a1 }
  }
`;

/** Draws the guide's cases as bars: the median, and a line from the fastest run to the slowest. */
export function drawChart(results: readonly Result[], rounds: number): string {
  const caption = `Median of ${rounds} runs; the thin line spans the fastest to the slowest. Dashed: the Python originals.`;
  const bars = results.flatMap(({ name, group, label, wall }) =>
    group === "guide" && wall ? [{ name, label, wall }] : [],
  );
  // One case takes many times as long as the others. Its bar is cut, or theirs would be stubs.
  const full = Math.max(...bars.filter(({ name }) => name !== "loop").map(({ wall }) => wall.max));
  const scale = (milliseconds: number) => Math.min(1, milliseconds / full) * BARS;
  const height = TOP + bars.length * ROW + 34;

  const rows = bars.map(({ name, label, wall }, index) => {
    const y = TOP + index * ROW;
    const isOther = ["floor", "loop", "originals"].includes(name);
    const isCut = wall.median > full;
    return [
      text(LABELS - 10, y + 19, label, "end"),
      `<rect class="${isOther ? "other" : "runner"}" x="${LABELS}" y="${y + 5}" width="${round(scale(wall.median))}" height="20" rx="2"/>`,
      isCut
        ? `<path class="cut" d="M${LABELS + BARS - 34} ${y + 27}l8 -24M${LABELS + BARS - 26} ${y + 27}l8 -24"/>`
        : `<path class="range" d="M${round(LABELS + scale(wall.min))} ${y + 15}H${round(LABELS + scale(wall.max))}"/>`,
      text(LABELS + scale(isCut ? wall.median : wall.max) + 8, y + 19, seconds(wall.median)),
    ].join("\n");
  });

  const originals = bars.find(({ name }) => name === "originals");
  const markX = originals && round(LABELS + scale(originals.wall.median));
  const mark = markX ? `<path class="mark" d="M${markX} ${TOP}V${TOP + bars.length * ROW}"/>` : "";
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="How long the 12 runs of the guide take">
<style>${style}</style>
<rect class="back" width="${WIDTH}" height="${height}" rx="6"/>
${text(16, 30, "The 12 runs of the guide: whole processes, median", "start", "title")}
${rows.join("\n")}
${mark}
${text(16, height - 14, caption, "start", "note")}
</svg>
`;
}

function text(x: number, y: number, content: string, anchor = "start", className = ""): string {
  const escaped = content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const kind = className && ` class="${className}"`;
  return `<text x="${round(x)}" y="${y}" text-anchor="${anchor}"${kind}>${escaped}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

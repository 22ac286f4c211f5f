/**
 * Volatile text in golden files: `[..]` stands for any text within a line, and a line `...` for any
 * lines, none included. `\[..]` and `\...` stand for themselves.
 */
const within = /(?<!\\)\[\.\.\]/;
const anyLines = "...";

/** Most golden files have no such marker, and are compared byte by byte. */
export function hasMarkers(golden: string): boolean {
  return within.test(golden) || /^\\?\.\.\.$/m.test(golden) || golden.includes("\\[..]");
}

/** Does the text match the golden file, markers included? */
export function matchesPattern(golden: string, text: string): boolean {
  return matchLines(golden.split("\n"), text.split("\n"));
}

/**
 * The new text of a golden file: what was printed, with the old markers where they still match.
 */
export async function keepMarkers(golden: string, printed: string): Promise<string> {
  const { diffArrays } = await import("diff");
  const changes = diffArrays(golden.split("\n"), printed.split("\n"), {
    comparator: (pattern, line) => matchesLine(pattern, line),
  });
  let next = 0;
  const old = golden.split("\n");
  const lines: string[] = [];
  for (const { added, removed, value } of changes) {
    if (added) lines.push(...value.map(escapeMarkers));
    else if (removed) next += value.length;
    else for (let i = 0; i < value.length; i++) lines.push(old[next++] ?? "");
  }
  return lines.join("\n");
}

/** Writes what a step printed so that it stands for itself. */
export function escapeMarkers(line: string): string {
  const text = line.replaceAll("[..]", "\\[..]");
  return text === anyLines ? `\\${anyLines}` : text;
}

/** As in a shell's `*`: on a mismatch, the last `...` takes one line more. Never exponential. */
function matchLines(patterns: readonly string[], lines: readonly string[]): boolean {
  let pattern = 0;
  let line = 0;
  let retry: { readonly pattern: number; line: number } | undefined;
  while (line < lines.length) {
    if (patterns[pattern] === anyLines) {
      retry = { pattern: pattern + 1, line };
      pattern++;
    } else if (
      pattern < patterns.length &&
      matchesLine(patterns[pattern] ?? "", lines[line] ?? "")
    ) {
      pattern++;
      line++;
    } else if (retry) {
      retry.line++;
      ({ pattern, line } = retry);
    } else {
      return false;
    }
  }
  while (patterns[pattern] === anyLines) pattern++;
  return pattern === patterns.length;
}

function matchesLine(pattern: string, line: string): boolean {
  const [first = "", ...rest] = pattern.split(within).map(unescapeMarkers);
  if (rest.length === 0) return first === line;

  const last = rest.pop() ?? "";
  if (!line.startsWith(first) || line.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of rest) {
    const found = line.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return line.length - last.length >= at && line.endsWith(last);
}

function unescapeMarkers(text: string): string {
  return text === `\\${anyLines}` ? anyLines : text.replaceAll("\\[..]", "[..]");
}

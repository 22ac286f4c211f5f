/**
 * Volatile text in a line of a golden file: `[..]` stands for any text, and `[..name]` for any text at
 * its first place, and for the same text wherever it stands again. A line `...` stands for any lines,
 * none included. A backslash before one takes its meaning away: of several, one is taken off, so that
 * any text can be written down.
 */
const marker = /(?<!\\)\[\.\.([\w-]*)\]/;
const anyLines = /^\.\.\.\r?$/;

/** What has to be read as a pattern, even if only to take backslashes off. */
const special = /\[\.\.[\w-]*\]|^\\*\.\.\.\r?$/m;

/** What the names stand for, as far as the golden file was compared. */
export type Bindings = ReadonlyMap<string, string>;

/** A line of a golden file, ready to be compared. */
export interface LinePattern {
  /** Set where only this line matches. */
  readonly exact: string | undefined;
  /** True where there are names, so that what matches depends on the lines before. */
  readonly binds: boolean;
  /** @returns the bindings from then on, or undefined where the line does not match */
  match(line: string, bindings: Bindings): Bindings | undefined;
}

/** Most golden files have no such marker, and are compared byte by byte. */
export function hasMarkers(text: string): boolean {
  return special.test(text);
}

export function isAnyLines(line: string): boolean {
  return anyLines.test(line);
}

/** Writes what a step printed so that it stands for itself alone. */
export function escapeMarkers(line: string): string {
  const text = line.replace(/\[\.\.[\w-]*\]/g, "\\$&");
  return /^\\*\.\.\.\r?$/.test(text) ? `\\${text}` : text;
}

export function linePattern(pattern: string): LinePattern {
  // Text and names take turns: "took [..id] ms" is "took ", "id" and " ms".
  const [first = "", ...others] = pattern.split(marker);
  const start = unescapeMarkers(first);
  if (others.length === 0) {
    const exact = /^\\+\.\.\.\r?$/.test(start) ? start.slice(1) : start;
    return { exact, binds: false, match: (line, known) => (line === exact ? known : undefined) };
  }
  const markers: Marker[] = [];
  for (let at = 0; at < others.length; at += 2) {
    markers.push({ name: others[at] ?? "", text: unescapeMarkers(others[at + 1] ?? "") });
  }
  const match = (line: string, known: Bindings) =>
    line.startsWith(start) ? matchMarkers(markers, line, start.length, known) : undefined;
  return { exact: undefined, binds: markers.some(({ name }) => name !== ""), match };
}

interface Marker {
  /** Empty for one that binds nothing. */
  readonly name: string;
  /** What follows it in the line. */
  readonly text: string;
}

/** As in a shell's `*`: each marker takes as little as it can, and the last one all that is left. */
function matchMarkers(
  markers: readonly Marker[],
  line: string,
  start: number,
  known: Bindings,
): Bindings | undefined {
  const bindings = new Map(known);
  let at = start;
  for (const [index, { name, text }] of markers.entries()) {
    const bound = bindings.get(name);
    const isLast = index === markers.length - 1;
    let end = isLast ? line.length - text.length : line.indexOf(text, at);
    if (bound !== undefined && !isLast) end = at + bound.length;
    if (end < at || !line.startsWith(text, end)) return undefined;
    if (bound !== undefined && line.slice(at, end) !== bound) return undefined;
    if (name !== "") bindings.set(name, line.slice(at, end));
    at = end + text.length;
  }
  return bindings;
}

function unescapeMarkers(text: string): string {
  return text.replace(/\\(\[\.\.[\w-]*\])/g, "$1");
}

import wrapAnsi from "wrap-ansi";
import type { Screen } from "./screen.ts";

/** Shows a text one screenful after the other, so that nothing scrolls away unseen. */
export interface Pager {
  /**
   * Shows the first screenful of a page.
   * @param used rows that stand on the screen already, and must not scroll away
   */
  show(page: string, used?: number): void;
  /** Shows a text before the rest of the page, which it does not replace. */
  insert(text: string): void;
  /** Shows the next screenful. */
  more(): void;
  /** Shows the last screenful once more. */
  redraw(): void;
  /** Of the page, in lines: what was not shown yet. */
  readonly linesLeft: number;
}

export function openPager({ write, size }: Screen): Pager {
  let rest: readonly string[] = [];
  let shown = "";

  function next(used: number): void {
    const { width, height } = size();
    const [now, later] = nextPart(rest, width, Math.max(2, height - used - 1)); // a row for the keys
    rest = later;
    shown = `${now.join("\n")}\n${rest.length === 0 ? "\n" : ""}`;
    write(shown);
  }

  return {
    show(page, used = 0) {
      rest = page.trimEnd().split("\n");
      next(used);
    },
    insert(text) {
      rest = [...text.trimEnd().split("\n"), ...(rest.length > 0 ? ["", ...rest] : [])];
      next(0);
    },
    more: () => next(0),
    redraw: () => write(shown),
    get linesLeft() {
      return rest.length;
    },
  };
}

/** Below the end of a page, there is room for an empty line. Within it, lines stay together. */
function nextPart(lines: readonly string[], width: number, height: number) {
  const last = screenful(lines, width, height - 1);
  if (last[1].length === 0) return last;
  const part = screenful(lines, width, height);
  return part[1].length > 0 ? part : last;
}

/** Takes as many lines as fit; of a line that is longer than the screen, a part. */
export function screenful(
  lines: readonly string[],
  width: number,
  height: number,
): [now: readonly string[], later: readonly string[]] {
  let used = 0;
  for (const [index, line] of lines.entries()) {
    const rows = rowsOf(line, width);
    if (used + rows.length <= height) {
      used += rows.length;
      continue;
    }
    if (index > 0) return [lines.slice(0, index), lines.slice(index)];
    return [rows.slice(0, height), [rows.slice(height).join(""), ...lines.slice(1)]];
  }
  return [lines, []];
}

/** A line that takes one row of the screen, cut where it is longer. */
export function clip(line: string, width: number): string {
  return rowsOf(line, width)[0] ?? "";
}

/** The rows that a terminal breaks a line into. */
function rowsOf(line: string, width: number): string[] {
  return wrapAnsi(line, width, { hard: true, wordWrap: false, trim: false }).split("\n");
}

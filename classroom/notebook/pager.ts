import { rowsOf, type Screen } from "../common/screen.ts";

export type Pager = ReturnType<typeof openPager>;

/** Shows a text one screenful at a time, so that nothing scrolls away unread. */
export function openPager({ write, size }: Screen) {
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
    /**
     * Shows the first screenful of a page.
     * @param used rows above it that must stay on the screen
     */
    show(page: string, used = 0) {
      rest = page.trimEnd().split("\n");
      next(used);
    },
    /** Shows a text before the rest of the page, which it does not replace. */
    insert(text: string) {
      rest = [...text.trimEnd().split("\n"), ...(rest.length > 0 ? ["", ...rest] : [])];
      next(0);
    },
    /** Shows the next screenful. */
    more: () => next(0),
    /** Shows the last screenful again. */
    redraw: () => write(shown),
    /** How many lines of the page were not shown yet. */
    get linesLeft() {
      return rest.length;
    },
  };
}

/** Leaves an empty line below the end of a page, but not between its parts. */
function nextPart(lines: readonly string[], width: number, height: number) {
  const last = screenful(lines, width, height - 1);
  if (last[1].length === 0) return last;
  const part = screenful(lines, width, height);
  return part[1].length > 0 ? part : last;
}

/** Takes as many lines as fit. Of a line that is longer than the screen, takes a part. */
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

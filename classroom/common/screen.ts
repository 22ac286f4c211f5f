import wrapAnsi from "wrap-ansi";
import { color } from "../../runner/common/color.ts";
import { visible } from "../../runner/common/visible.ts";

/** The part of a terminal that a page is written to. */
export interface Screen {
  readonly write: (text: string) => void;
  /** Columns and rows, which change when the terminal is resized. */
  readonly size: () => { readonly width: number; readonly height: number };
  /** True if the cursor must not move, and no line may change. */
  readonly isPlain: boolean;
}

/** The terminal that this process writes to. */
export function openScreen(write: (text: string) => void): Screen {
  const { stdout, env } = process;
  return {
    write,
    size: () => ({ width: stdout.columns || 80, height: stdout.rows || 24 }),
    isPlain: Boolean(env.NO_COLOR) || env.TERM === "dumb",
  };
}

/** The rows that a terminal breaks a line into. */
export function rowsOf(line: string, width: number): string[] {
  return wrapAnsi(line, width, { hard: true, wordWrap: false, trim: false }).split("\n");
}

/** Cuts a line to one row of the screen. */
export function cutToRow(line: string, width: number): string {
  return rowsOf(line, width)[0] ?? "";
}

/**
 * Breaks a line that does not fit: between words, unless one word is longer than a row.
 * @param indent what the other rows begin with
 */
export function hang(line: string, width: number, indent: string): string {
  if (cutToRow(line, width) === line) return line;
  const [, start = "", text = ""] = /^(\s*)(.*)$/s.exec(line) ?? [];
  const room = Math.max(20, width - Math.max(start.length, indent.length));
  return wrapAnsi(text, room, { hard: true, trim: true })
    .split("\n")
    .map((row, index) => (index === 0 ? start : indent) + row)
    .join("\n");
}

/** A longer output is cut: its end is not worth the scrolling. */
const MAX_LINES = 200;

/** Shows an output with a bar at its left. */
export function frame(output: string, width: number): string {
  const lines = visible(output.replace(/\n$/, "")).split("\n");
  const bar = color.dim("│");
  const shown = lines.slice(0, MAX_LINES).map((line) =>
    hang(line, width - 2, "  ")
      .split("\n")
      .map((row) => `${bar} ${row}`)
      .join("\n"),
  );
  const more = lines.length - MAX_LINES;
  return [...shown, ...(more > 0 ? [color.dim(`… ${more} more lines`)] : [])].join("\n");
}

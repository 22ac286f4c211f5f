import { color } from "../../runner/common/color.ts";
import type { Place } from "./moves.ts";
import { clip } from "./pager.ts";

const keys: readonly (readonly [key: string, meaning: string])[] = [
  ["Enter", "goes on: shows more, runs the step that is shown, turns the page"],
  ["a", "runs all the rest, up to the first output that is not as documented"],
  ["b", "goes back one step, and takes the databases back with it"],
  ["r", "runs the last step again, after an edit"],
  ["x", "stops a run that hangs"],
  ["c", "shows the step as a script of your own, with each library"],
  ["d", "shows the whole diff"],
  ["i", "shows the introduction"],
  ["?", "shows the keys"],
  ["q", "quits, and drops the databases"],
];

/** What each key does. */
export function keyTable(): string {
  return keys.map(([key, meaning]) => `${color.bold(key.padEnd(5))}  ${meaning}`).join("\n");
}

/** The line at the bottom: what Enter does here, and the keys that matter most. */
export function keyLine(place: Place, linesLeft: number, hasDiff: boolean, width: number): string {
  const enter = linesLeft > 0 ? `Enter shows more (${count(linesLeft)})` : enterAt(place);
  return clip([enter, ...others(place, hasDiff), "? keys", "q quit"].join("   "), width - 1);
}

function enterAt(place: Place): string {
  switch (place.kind) {
    case "cover":
      return "Enter begins";
    case "step":
      return "Enter runs it";
    case "result":
      return "Enter turns the page";
    case "end":
      return "Enter ends";
  }
}

function others(place: Place, hasDiff: boolean): string[] {
  switch (place.kind) {
    case "cover":
      return [];
    case "step":
      return ["c code", "b back"];
    case "result":
      return [hasDiff ? "d diff" : "", "r again"].filter(Boolean);
    case "end":
      return ["b back"];
  }
}

function count(lines: number): string {
  return `${lines} line${lines === 1 ? "" : "s"}`;
}

import { color } from "../../runner/common/color.ts";
import { count } from "../../runner/common/words.ts";
import { cutToRow, hang } from "../common/screen.ts";

/** The page that the reader sees. Runs are named by their index. */
export type Page =
  /** Before the first step. */
  | { readonly kind: "introduction" }
  /** A run that has not been executed yet. */
  | { readonly kind: "step"; readonly run: number }
  /** What a run printed. */
  | { readonly kind: "result"; readonly run: number }
  /** After the last run. */
  | { readonly kind: "end" };

/** What a key does. */
export type Action =
  /** Show more of the page. */
  | { readonly kind: "more" }
  | { readonly kind: "turn"; readonly to: Page }
  | { readonly kind: "run"; readonly run: number; readonly isAgain: boolean }
  | { readonly kind: "runAll"; readonly from: number }
  /** Undo this run, and all after it. */
  | { readonly kind: "back"; readonly run: number }
  /** Read and run something else: the shared steps, or the scripts of a library. */
  | { readonly kind: "choose"; readonly choice: number }
  | { readonly kind: "show"; readonly what: "code"; readonly run: number }
  | { readonly kind: "show"; readonly what: "diff" | "introduction" | "keys" }
  /** Show the tables after any run, and go back to one. */
  | { readonly kind: "tables" }
  | { readonly kind: "say"; readonly text: string }
  | { readonly kind: "redraw" }
  | { readonly kind: "quit" };

export interface Reading {
  readonly page: Page;
  /** True if the reader has not seen the whole page yet. */
  readonly hasMore: boolean;
  /** How many runs the guide has: at least one. */
  readonly runs: number;
  /** How many things there are to choose from; 1 means that there is no choice. */
  readonly choices: number;
}

/** Says what a key does on a page. */
export function actionFor(key: string, { page, hasMore, runs, choices }: Reading): Action {
  const done = runsBefore(page, runs);
  switch (key) {
    case "return":
    case "enter":
    case "space":
      return hasMore ? { kind: "more" } : forward(page, runs);
    case "a":
      if (done < runs) return { kind: "runAll", from: done };
      return page.kind === "end"
        ? say("All runs are done.")
        : { kind: "turn", to: { kind: "end" } };
    case "b":
      if (page.kind === "introduction") return say("This is the first page.");
      if (done === 0) return { kind: "turn", to: { kind: "introduction" } };
      return { kind: "back", run: done - 1 };
    case "r":
      if (done === 0) return say("Nothing has run yet.");
      return { kind: "run", run: done - 1, isAgain: true };
    case "c":
      return { kind: "show", what: "code", run: runOf(page, runs) };
    case "d":
      return { kind: "show", what: "diff" };
    case "i":
      return { kind: "show", what: "introduction" };
    case "t":
      return { kind: "tables" };
    case "?":
      return { kind: "show", what: "keys" };
    case "q":
      return { kind: "quit" };
    case "x":
      return say("Nothing is running that x could stop.");
    case "resume":
      return { kind: "redraw" };
  }
  if (choices > 1 && /^[1-9]$/.test(key) && Number(key) <= choices)
    return { kind: "choose", choice: Number(key) - 1 };
  const name = /^[!-~]$/.test(key) ? `"${key}"` : "That key";
  return say(`${name} does nothing here. ? shows the keys.`);
}

function forward(page: Page, runs: number): Action {
  switch (page.kind) {
    case "introduction":
      return { kind: "turn", to: { kind: "step", run: 0 } };
    case "step":
      return { kind: "run", run: page.run, isAgain: false };
    case "result": {
      const next = page.run + 1;
      return { kind: "turn", to: next < runs ? { kind: "step", run: next } : { kind: "end" } };
    }
    case "end":
      return { kind: "quit" };
  }
}

/** How many runs have a result that the reader has seen. */
export function runsBefore(page: Page, runs: number): number {
  switch (page.kind) {
    case "introduction":
      return 0;
    case "step":
      return page.run;
    case "result":
      return page.run + 1;
    case "end":
      return runs;
  }
}

/** The run of a page. The first page belongs to the first run, and the last page to the last one. */
export function runOf(page: Page, runs: number): number {
  if (page.kind === "step" || page.kind === "result") return page.run;
  return page.kind === "end" ? runs - 1 : 0;
}

function say(text: string): Action {
  return { kind: "say", text };
}

const keys: readonly (readonly [key: string, meaning: string])[] = [
  ["Enter", "goes on: shows more, runs the step, turns the page"],
  ["a", "runs all remaining steps, up to the first output that doesn't match"],
  ["b", "goes back one step, and rolls the databases back too"],
  ["r", "runs the last step again, after an edit"],
  ["x", "stops a run that hangs"],
  ["c", "shows the step as a script of your own, for each library"],
  ["d", "shows the whole diff"],
  ["t", "shows the tables after any run, and what it changed; b3 there returns to run 3"],
  ["i", "shows the introduction"],
  ["?", "shows the keys"],
  ["q", "quits, and drops the databases"],
];

/** Explains each key. @param width columns */
export function keyTable(choices: number, width: number): string {
  const choose = [`1-${choices}`, "choose what to read and run: see the first page"] as const;
  return [...keys, ...(choices > 1 ? [choose] : [])]
    .map(([key, meaning]) => hang(`${color.bold(key.padEnd(5))}  ${meaning}`, width, " ".repeat(7)))
    .join("\n");
}

/** What the line of keys depends on. */
export interface KeyLine {
  readonly page: Page;
  readonly linesLeft: number;
  /** True if `d` shows more of a diff than the page does. */
  readonly hasMoreDiff: boolean;
  /** The name of the run that `r` runs again. */
  readonly last: string;
  /** Columns. */
  readonly width: number;
}

/** Says in one line what Enter does on a page, and names as many other keys as fit. */
export function keyLine({ page, linesLeft, hasMoreDiff, last, width }: KeyLine): string {
  const more = `Enter shows more (${count(linesLeft, "line")})`;
  const first = linesLeft > 0 ? more : enterKey[page.kind];
  const others = {
    introduction: [],
    step: ["c code", "b back"],
    result: [...(hasMoreDiff ? ["d whole diff"] : []), `r runs ${last} again`],
    end: ["b back"],
  }[page.kind];
  const textOf = () => [first, ...others, "? keys", "q quit"].join("   ");
  while (others.length > 0 && textOf().length > width - 1) others.pop();
  return cutToRow(textOf(), width - 1);
}

const enterKey = {
  introduction: "Enter begins",
  step: "Enter runs it",
  result: "Enter turns the page",
  end: "Enter ends",
};

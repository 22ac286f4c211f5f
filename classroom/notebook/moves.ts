/** Where the reader is in the guide. */
export type Place =
  /** The introduction, before the first step. */
  | { readonly kind: "cover" }
  /** The page of a run that was not run yet. */
  | { readonly kind: "step"; readonly run: number }
  /** What a run printed. */
  | { readonly kind: "result"; readonly run: number }
  /** After the last run. */
  | { readonly kind: "end" };

/** What a key brings about. Runs are named by their index. */
export type Move =
  /** Show more of the page. */
  | { readonly kind: "more" }
  /** Show another page. */
  | { readonly kind: "turn"; readonly to: Place }
  | { readonly kind: "run"; readonly run: number; readonly isAgain: boolean }
  | { readonly kind: "runAll"; readonly from: number }
  /** Undo this run, and all after it. */
  | { readonly kind: "back"; readonly run: number }
  | { readonly kind: "show"; readonly what: "code"; readonly run: number }
  | { readonly kind: "show"; readonly what: "diff" | "introduction" | "keys" }
  | { readonly kind: "say"; readonly text: string }
  | { readonly kind: "redraw" }
  | { readonly kind: "quit" };

export interface Reading {
  readonly place: Place;
  /** There is more of the page that the reader has not seen. */
  readonly hasMore: boolean;
  /** How many runs the guide has: at least one. */
  readonly runs: number;
}

/** What a key means where the reader is. */
export function moveFor(key: string, { place, hasMore, runs }: Reading): Move {
  switch (key) {
    case "return":
    case "enter":
    case "space":
      return hasMore ? { kind: "more" } : forward(place, runs);
    case "a":
      return allFrom(runsBehind(place, runs), place, runs);
    case "b":
      return back(place, runs);
    case "r":
      return again(runsBehind(place, runs) - 1);
    case "c":
      return { kind: "show", what: "code", run: runAt(place, runs) };
    case "d":
      return { kind: "show", what: "diff" };
    case "i":
      return { kind: "show", what: "introduction" };
    case "?":
      return { kind: "show", what: "keys" };
    case "q":
      return { kind: "quit" };
    case "x":
      return say("Nothing is running that x could stop.");
    case "resume":
      return { kind: "redraw" };
    default: {
      const name = /^[!-~]$/.test(key) ? `"${key}"` : "That key";
      return say(`${name} does nothing here. ? shows the keys.`);
    }
  }
}

function pageAfter(run: number, runs: number): Place {
  return run + 1 < runs ? { kind: "step", run: run + 1 } : { kind: "end" };
}

function forward(place: Place, runs: number): Move {
  switch (place.kind) {
    case "cover":
      return { kind: "turn", to: { kind: "step", run: 0 } };
    case "step":
      return { kind: "run", run: place.run, isAgain: false };
    case "result":
      return { kind: "turn", to: pageAfter(place.run, runs) };
    case "end":
      return { kind: "quit" };
  }
}

function allFrom(run: number, place: Place, runs: number): Move {
  if (run < runs) return { kind: "runAll", from: run };
  return place.kind === "end" ? say("Everything was run.") : { kind: "turn", to: { kind: "end" } };
}

function back(place: Place, runs: number): Move {
  if (place.kind === "cover") return say("This is the first page.");
  const run = runsBehind(place, runs) - 1;
  return run < 0 ? { kind: "turn", to: { kind: "cover" } } : { kind: "back", run };
}

function again(run: number): Move {
  return run < 0 ? say("Nothing was run yet.") : { kind: "run", run, isAgain: true };
}

/** How many runs the reader has seen the result of. */
function runsBehind(place: Place, runs: number): number {
  switch (place.kind) {
    case "cover":
      return 0;
    case "step":
      return place.run;
    case "result":
      return place.run + 1;
    case "end":
      return runs;
  }
}

function runAt(place: Place, runs: number): number {
  if (place.kind === "step" || place.kind === "result") return place.run;
  return place.kind === "end" ? runs - 1 : 0;
}

function say(text: string): Move {
  return { kind: "say", text };
}

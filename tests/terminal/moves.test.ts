import { describe, expect, test } from "vitest";
import { moveFor, type Place } from "../../classroom/notebook/moves.ts";

const cover: Place = { kind: "cover" };
const end: Place = { kind: "end" };
const step = (run: number): Place => ({ kind: "step", run });
const result = (run: number): Place => ({ kind: "result", run });

/** What a key does in a guide of six runs, at the end of a page. */
const press = (key: string, place: Place, hasMore = false) =>
  moveFor(key, { place, hasMore, runs: 6 });

describe.each(["return", "enter", "space"])("%s goes on", (key) => {
  test.each([
    [cover, { kind: "turn", to: step(0) }],
    [step(0), { kind: "run", run: 0, isAgain: false }],
    [result(0), { kind: "turn", to: step(1) }],
    [step(5), { kind: "run", run: 5, isAgain: false }],
    [result(5), { kind: "turn", to: end }],
    [end, { kind: "quit" }],
  ])("from %j", (place, move) => {
    expect(press(key, place)).toEqual(move);
  });

  test.each([cover, step(2), result(2), end])("first with the rest of %j", (place) => {
    expect(press(key, place, true)).toEqual({ kind: "more" });
  });
});

test.each([
  ["a", cover, { kind: "runAll", from: 0 }],
  ["a", step(2), { kind: "runAll", from: 2 }],
  ["a", result(2), { kind: "runAll", from: 3 }],
  ["a", result(5), { kind: "turn", to: end }],
  ["b", step(0), { kind: "turn", to: cover }],
  ["b", step(2), { kind: "back", run: 1 }],
  ["b", result(2), { kind: "back", run: 2 }],
  ["b", end, { kind: "back", run: 5 }],
  ["r", step(2), { kind: "run", run: 1, isAgain: true }],
  ["r", result(2), { kind: "run", run: 2, isAgain: true }],
  ["r", end, { kind: "run", run: 5, isAgain: true }],
  ["c", step(2), { kind: "show", what: "code", run: 2 }],
  ["c", end, { kind: "show", what: "code", run: 5 }],
  ["d", result(2), { kind: "show", what: "diff" }],
  ["i", result(2), { kind: "show", what: "introduction" }],
  ["?", result(2), { kind: "show", what: "keys" }],
  ["q", step(2), { kind: "quit" }],
  ["resume", step(2), { kind: "redraw" }],
] as const)("%s at %j", (key, place, move) => {
  expect(press(key, place)).toEqual(move);
  // Only Enter means something else while there is more of the page.
  expect(press(key, place, true)).toEqual(move);
});

test.each([
  ["a", end, "Everything was run."],
  ["b", cover, "This is the first page."],
  ["r", cover, "Nothing was run yet."],
  ["r", step(0), "Nothing was run yet."],
  ["x", step(2), "Nothing is running that x could stop."],
  ["z", step(2), '"z" does nothing here. ? shows the keys.'],
  ["R", step(2), '"R" does nothing here. ? shows the keys.'],
  ["pagedown", step(2), "That key does nothing here. ? shows the keys."],
  ["\u0007", step(2), "That key does nothing here. ? shows the keys."],
  ["", step(2), "That key does nothing here. ? shows the keys."],
] as const)("%j at %j only says something", (key, place, text) => {
  expect(press(key, place)).toEqual({ kind: "say", text });
});

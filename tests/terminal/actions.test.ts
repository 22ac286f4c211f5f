import { describe, expect, test } from "vitest";
import { actionFor, type Page } from "../../classroom/notebook/actions.ts";

const first: Page = { kind: "introduction" };
const end: Page = { kind: "end" };
const step = (run: number): Page => ({ kind: "step", run });
const result = (run: number): Page => ({ kind: "result", run });

/** What a key does in a guide of six runs, at the end of a page. */
const press = (key: string, page: Page, hasMore = false) =>
  actionFor(key, { page, hasMore, runs: 6, choices: 4 });

describe.each(["return", "enter", "space"])("%s goes on", (key) => {
  test.each([
    [first, { kind: "turn", to: step(0) }],
    [step(0), { kind: "run", run: 0, isAgain: false }],
    [result(0), { kind: "turn", to: step(1) }],
    [step(5), { kind: "run", run: 5, isAgain: false }],
    [result(5), { kind: "turn", to: end }],
    [end, { kind: "quit" }],
  ])("from %j", (page, action) => {
    expect(press(key, page)).toEqual(action);
  });

  test.each([first, step(2), result(2), end])("first with the rest of %j", (page) => {
    expect(press(key, page, true)).toEqual({ kind: "more" });
  });
});

test.each([
  ["a", first, { kind: "runAll", from: 0 }],
  ["a", step(2), { kind: "runAll", from: 2 }],
  ["a", result(2), { kind: "runAll", from: 3 }],
  ["a", result(5), { kind: "turn", to: end }],
  ["b", step(0), { kind: "turn", to: first }],
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
  ["1", first, { kind: "choose", choice: 0 }],
  ["4", result(2), { kind: "choose", choice: 3 }],
  ["resume", step(2), { kind: "redraw" }],
] as const)("%s at %j", (key, page, action) => {
  expect(press(key, page)).toEqual(action);
  // Only Enter means something else while there is more of the page.
  expect(press(key, page, true)).toEqual(action);
});

test.each([
  ["a", end, "All runs are done."],
  ["b", first, "This is the first page."],
  ["r", first, "Nothing has run yet."],
  ["r", step(0), "Nothing has run yet."],
  ["x", step(2), "Nothing is running that x could stop."],
  ["z", step(2), '"z" does nothing here. ? shows the keys.'],
  ["5", step(2), '"5" does nothing here. ? shows the keys.'],
  ["0", step(2), '"0" does nothing here. ? shows the keys.'],
  ["R", step(2), '"R" does nothing here. ? shows the keys.'],
  ["pagedown", step(2), "That key does nothing here. ? shows the keys."],
  ["\u0007", step(2), "That key does nothing here. ? shows the keys."],
  ["", step(2), "That key does nothing here. ? shows the keys."],
] as const)("%j at %j only says something", (key, page, text) => {
  expect(press(key, page)).toEqual({ kind: "say", text });
});

test("a number does nothing if there is no choice", () => {
  const reading = { page: first, hasMore: false, runs: 6, choices: 1 };
  expect(actionFor("1", reading)).toMatchObject({ kind: "say" });
});

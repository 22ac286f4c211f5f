import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { resultPage } from "../../classroom/notebook/result.ts";
import type { Outcome } from "../../runner/guide/outcome.ts";
import { junitReporter } from "../../runner/report/junit.ts";
import { terminalReporter } from "../../runner/report/terminal-report.ts";
import { demandSameEffects } from "../../runner/verify/effects.ts";
import { finished, guideOf, judged, reportOf } from "./events.ts";

const books = { inserted: 0, deleted: 0, isRead: true };

function changing(updated: number, hasRollback = false): Outcome {
  const outcome = finished("done\n");
  if (outcome.kind !== "finished") return outcome;
  return { ...outcome, effects: { tables: { books: { ...books, updated } }, hasRollback } };
}

const difference = "books: pg changed 4 rows, postgres 1.";

test("what clients did differently fails the run in every report", async () => {
  const match = await judged("03-update", "match", "done\n", changing(4), changing(1));
  const run = demandSameEffects(match);
  expect(run.verdict).toBe("divergence");
  expect(reportOf((write) => terminalReporter(write, false), [run])).toContain(difference);
  const junit = reportOf(junitReporter, [run]);
  expect(junit).toContain('message="pg did something else."');
  expect(junit).toContain("books: pg changed 4 rows, postgres 1");
  const same = await judged("03-update", "match", "done\n", changing(1), changing(1));
  expect(demandSameEffects(same)).toBe(same);
});

test("a client that forgets to commit did something else", async () => {
  const effectsOf = async (...outcomes: [Outcome, Outcome]) =>
    demandSameEffects(await judged("03-update", "match", "done\n", ...outcomes)).effects?.text;
  expect(await effectsOf(changing(1), changing(1, true))).toBe("postgres rolled back");
  expect(await effectsOf(changing(1, true), changing(1, true))).toBeUndefined();
  expect(await effectsOf(changing(0), changing(0, true))).toBeUndefined(); // it only read
});

test("the notebook says it beside the verdict", async () => {
  const match = await judged("03-update", "match", "done\n", changing(4), changing(1));
  const page = resultPage(guideOf([match]), match, undefined, () => "steps/03-update.ts", 80);
  expect(stripVTControlCharacters(page)).toContain(
    `✓ what the guide documents, with pg and postgres\n\nBut ${difference}`,
  );
});

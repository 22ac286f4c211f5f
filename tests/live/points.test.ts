import { expect, test } from "vitest";
import { type Observation, tablesAt } from "../../classroom/live/database/observer.ts";
import { readQuestion } from "../../classroom/live/questions.ts";
import { openGuide } from "../support/live.ts";
import { visit } from "../support/live-visit.ts";
import { copySmallProject } from "../support/project.ts";

/** A table with a row for each letter. */
function observation(letters: string): Observation {
  const rows = new Map([...letters].map((letter) => [letter, [letter]]));
  const table = { name: "t", columns: ["n"], moreColumns: 0, hasKey: true, rows };
  const tables = letters ? [{ ...table, total: rows.size }] : [];
  return { snapshot: { kind: "read", tables, more: 0 }, statements: [] };
}

test.each([
  [2, 1, "+c -a =b"],
  [2, 0, "+b +c -a"],
  [0, 2, "+a -b -c"],
  [1, -1, "+b +a"],
])("the tables after run %i, compared with those after run %i: %s", (after, since, expected) => {
  const states = ["a", "ba", "bc"];
  const observed = (index: number) => observation(states[index] ?? "");
  const client = { name: "pg", title: "node-postgres" };
  const [answer] = tablesAt({ kind: "tables", after, since }, [client], { observed });
  const signs = { none: "=", added: "+", changed: "~", deleted: "-" };
  const rows = answer?.tables?.flatMap((table) => table.rows) ?? [];
  const shown = rows.map(({ change, cells }) => signs[change] + cells[0]);
  expect(shown.sort()).toEqual(expected.split(" ").sort());
});

test.each([
  [{ kind: "tables", after: 1, since: -1 }, true],
  [{ kind: "tables", after: 2, since: 0 }, false],
  [{ kind: "tables", after: 0, since: -2 }, false],
  [{ kind: "tables", after: "0", since: 0 }, false],
  [{ kind: "table", after: 0, since: 0 }, false],
])("of two runs, %j is a question: %s", (json, isOne) => {
  expect(
    readQuestion(JSON.stringify(json), { scripts: 1, runs: 2, clients: [] }) !== undefined,
  ).toBe(isOne);
});

test("going back keeps what was not undone, and what is before it is not run again", async () => {
  const page = await visit(
    await openGuide(copySmallProject(["pg", "postgres"]), ["--driver", "pg"]),
  );
  await page.ask({ kind: "all" });
  expect(await page.ends("match | match")).toContain("match");
  await page.ask({ kind: "back", run: 1 });
  // In place of the verdict of a run that was undone.
  expect(await page.ends("match | waiting")).toBe("The databases are as they were before 02-read.");
  await page.ask({ kind: "run", run: 1 });
  await page.ends("match | match");
});

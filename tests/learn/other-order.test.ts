import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test, vi } from "vitest";
import { judgeAnswers } from "../../tools/teaching/judge-answers.ts";
import { filesIn } from "../support/files.ts";
import { makeGuide } from "../support/guide.ts";
import { root } from "../support/programs.ts";

beforeAll(() => void vi.stubEnv("DATABASE_URL", inject("superuserUrl")));
afterAll(() => void vi.unstubAllEnvs());

const step = (title: string, work: string) => `/*\n# ${title}\n*/
import { step } from "${root}/drivers/step.ts";

await step(async (db) => {
  await db.query("DROP TABLE IF EXISTS notes, copies, many");
  await db.query("CREATE TABLE notes (note TEXT)");
${work}
});
`;

const readsInOrder = step(
  "Read in an order",
  `  for (const note of ["a", "b", "c"]) await db.query("INSERT INTO notes VALUES ($1)", [note]);
  await db.query("CREATE TABLE copies AS SELECT * FROM notes AS n ORDER BY 1");
  await db.query("CREATE TABLE many AS SELECT 1 AS n WHERE false");
  await db.query("INSERT INTO many SELECT n FROM generate_series(1, 2000) AS n");
  // #region read
  const { rows: notes } = await db.query("SELECT note FROM notes ORDER BY note");
  const { rows: copies } = await db.query("SELECT note FROM copies ORDER BY note");
  const { rows: many } = await db.query("SELECT n FROM many ORDER BY n LIMIT 3");
  const { rows: groups } = await db.query("SELECT n / 1000 AS g, count(*) AS of FROM many GROUP BY g ORDER BY g");
  // #endregion
  console.log(JSON.stringify([notes, copies, many, groups]));`,
);

const readsAsItComes = step(
  "Read without an order",
  `  // #region insert
  for (const note of ["a", "b", "c"]) await db.query("INSERT INTO notes VALUES ($1)", [note]);
  // #endregion
  const { rows } = await db.query("SELECT note FROM notes");
  for (const { note } of rows) console.log(note);`,
);

test("an order that only insertion gives is refused, and where the solution has none, any other way to insert is right", async () => {
  const guide = makeGuide({ runs: ["01-order", "02-none"], drivers: ["pg"] }, []);
  const { directory, write } = filesIn(guide.directory);
  write("steps/01-order.ts", readsInOrder);
  write("steps/02-none.ts", readsAsItComes);
  write(
    "steps/exercises.json",
    JSON.stringify({ read: { task: "Read." }, insert: { task: "Insert." } }),
  );
  const letters = ["a", "b", "c"].map((note) => ({ note }));
  const numbers = [1, 2, 3].map((n) => ({ n }));
  const groups = [
    ["999", 0],
    ["1000", 1],
    ["1", 2],
  ].map(([of, g]) => ({ g, of }));
  write("expected/01-order.txt", `${JSON.stringify([letters, letters, numbers, groups])}\n`);
  write("expected/02-none.txt", "a\nb\nc\n");

  const loop = /for \(const note .*/;
  const all = `await db.query("INSERT INTO notes VALUES ('c'), ('b'), ('a')");`;
  const others: Record<string, readonly (readonly [string, string | RegExp, string])[]> = {
    "01-order": [
      ["✓ Right.", "ORDER BY note", "ORDER BY 1"],
      ["in another order", "notes ORDER BY note", "notes"],
      ["in another order", "copies ORDER BY note", "copies"],
      ["in another order", "many ORDER BY n", "many"],
    ],
    "02-none": [["✓ Right.", loop, all.replace("'c'), ('b'), ('a'", "'a'), ('b'), ('c'")]],
  };
  const judged = await judgeAnswers(
    join(directory, "steps"),
    (exercise) => others[exercise.split("/").at(-1) ?? ""] ?? [],
  );
  expect(judged).toHaveLength(5);
  for (const { what, text, exercise } of judged) expect(text, exercise).toContain(what);
});

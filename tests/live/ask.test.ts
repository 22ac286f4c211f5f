import { expect, onTestFinished, test, vi } from "vitest";
import { openReaderMemory } from "../../classroom/live/reader-memory.ts";
import { makeDirectory } from "../support/files.ts";
import { openGuide } from "../support/live.ts";
import { visit } from "../support/live-visit.ts";
import { copySmallProject } from "../support/project.ts";

test("the reader asks the database after any run, and changes nothing", async () => {
  const guide = await openGuide(copySmallProject(["pg"]), [], {});
  const page = await visit(guide);
  const ask = (statement: string, run = 0) =>
    page.question({ kind: "database", run, client: "pg", statement });
  expect((await ask("SELECT 1")).refusal).toMatch(/^409: There is no copy of the database after/);
  await page.ask({ kind: "run", run: 0 });
  await page.ends("match | waiting");

  expect(
    await ask("SELECT title, NULL AS none, '' AS nothing FROM books ORDER BY id"),
  ).toMatchObject({
    kind: "answered",
    columns: ["title", "none", "nothing"],
    rows: [
      ["The Catcher in the Rye", null, ""],
      ["The Hobbit", null, ""],
      ["1984", null, ""],
      ["Dune", null, ""],
    ],
    count: 4,
    hasMore: false,
  });
  const values = "SELECT true AS a, false AS b, NULL::boolean AS c, 't' AS d";
  expect(await ask(values)).toMatchObject({ rows: [["true", "false", null, "t"]] });
  expect(await ask("SELECT * FROM books WHERE false")).toMatchObject({ rows: [], count: 0 });
  expect(await ask("SELECT repeat('x', 5000) FROM generate_series(1, 2000)")).toMatchObject({
    rows: { length: 1000 },
    hasMore: true,
  });

  expect(await ask("EXPLAIN SELECT 1")).toMatchObject({ columns: ["QUERY PLAN"], count: 1 });
  expect(await ask("CREATE TABLE mine ()")).toMatchObject({ command: "CREATE TABLE" });
  expect(await ask("SELECT * FROM books WHERE title = $1")).toMatchObject({
    message: "Write the values in place of $1, $2 and so on.",
  });

  // Neither rows nor the next id: the steps after it must not print anything else.
  const insert = "INSERT INTO books (title) VALUES ('Mine') RETURNING id, title;";
  for (const _ of [1, 2]) expect(await ask(insert)).toMatchObject({ rows: [["5", "Mine"]] });
  const ending =
    "SELECT nextval(pg_get_serial_sequence('books', 'id')), pg_terminate_backend(pg_backend_pid())";
  expect(await ask(ending)).toMatchObject({ kind: "refused" });
  expect(await ask(insert)).toMatchObject({ rows: [["5", "Mine"]] });
  expect(await ask("UPDATE books SET in_stock = false")).toMatchObject({
    command: "UPDATE",
    count: 4,
    columns: [],
  });
  for (const control of [
    "COMMIT",
    "/* a */ -- b\nrollback;",
    "/* a /* b */ c */ COMMIT",
    "begin",
    "PREPARE TRANSACTION 'x'",
  ]) {
    expect(await ask(control)).toMatchObject({
      message: expect.stringContaining("a transaction of its own"),
    });
  }
  expect(await ask("DELETE FROM books; COMMIT")).toMatchObject({
    message: "One statement at a time.",
  });
  const sly = "DO $$ BEGIN DELETE FROM books; COMMIT; END $$";
  expect(await ask(sly)).toMatchObject({
    kind: "refused",
    message: /invalid transaction termination/,
  });
  expect(await ask("COPY books TO STDOUT")).toMatchObject({ kind: "refused" });
  expect(await ask(" ")).toMatchObject({ message: "There is no statement." });
  expect(await ask("SELECT '📚',\n  titel FROM books")).toMatchObject({
    message: expect.stringMatching(/column "titel" does not exist.*"books.title"/),
    line: 2,
    column: 3,
  });
  expect(await ask("SELECT pg_sleep(60)")).toMatchObject({ message: /took more than 5 s/ });
  expect(await ask("SELECT count(*) FROM books")).toMatchObject({ rows: [["4"]] });

  // After the next run, the one before it is still there: a copy is kept.
  await page.ask({ kind: "run", run: 1 });
  await page.ends("match | match");
  expect(await ask("SELECT count(*) FROM books", 0)).toMatchObject({ rows: [["4"]] });
  expect(await ask("SELECT count(*) FROM books", 1)).toMatchObject({ rows: [["4"]] });
  const history = await page.question({ kind: "history" });
  expect(history.slice(0, 2)).toEqual(["SELECT count(*) FROM books", "SELECT pg_sleep(60)"]);
  await page.ask({ kind: "run", run: 0 });
  expect(await page.ends("match | waiting")).toBe("");
});

test("what is asked in two terminals is remembered by both", () => {
  const cache = makeDirectory("memory");
  vi.stubEnv("XDG_CACHE_HOME", cache);
  vi.stubEnv("LOCALAPPDATA", cache);
  onTestFinished(() => void vi.unstubAllEnvs());
  const directory = makeDirectory("guide");
  const [one, other] = [openReaderMemory({ directory }), openReaderMemory({ directory })];
  one.rememberAsked("SELECT 1");
  one.rememberLibrary("pg");
  other.rememberAsked("SELECT 2");
  one.rememberAsked("SELECT 3");
  expect(other.asked()).toEqual(["SELECT 3", "SELECT 2", "SELECT 1"]);
  expect(other.library()).toBe("pg");
});

test("a sequence that a step set, and that was not called yet, is put back to its value", async () => {
  const project = copySmallProject(["pg"]);
  const create = project.read("steps/01-create.ts");
  const restart = `await db.query("ALTER SEQUENCE books_id_seq RESTART WITH 70");`;
  project.write("steps/01-create.ts", create.replace(/\n}\);\s*$/, `\n  ${restart}\n});\n`));
  const page = await visit(await openGuide(project, [], {}));
  await page.ask({ kind: "run", run: 0 });
  await page.ends("match | waiting");
  for (const _ of [1, 2]) {
    const statement = "INSERT INTO books (title) VALUES ('Mine') RETURNING id";
    const question = { kind: "database", run: 0, client: "pg", statement } as const;
    expect(await page.question(question)).toMatchObject({ rows: [["70"]] });
  }
});

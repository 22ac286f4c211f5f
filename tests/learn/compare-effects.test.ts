import { expect, test } from "vitest";
import { compareChecks } from "../../classroom/learn/checks-after.ts";
import {
  compareWithSolution,
  type Done,
  leftTheSame,
} from "../../classroom/learn/compare-effects.ts";
import { type Left, type Row, readAfter } from "../../classroom/learn/tables-after.ts";
import type { TableEffects } from "../../runner/guide/outcome.ts";
import { makeDatabase, openDatabase } from "../support/database.ts";

const nothing: TableEffects = { inserted: 0, updated: 0, deleted: 0, isRead: false };

function did(books: Partial<TableEffects>, hasRollback = false, rows = ["a"]): Done {
  return {
    effects: { tables: { books: { ...nothing, ...books } }, hasRollback },
    ...left(rows.map((title) => ({ title }))),
  };
}

function left(rows: readonly Row[], exact = ""): Left {
  const table = { columns: new Map(), rules: [], count: rows.length, exact, rows };
  return { tables: new Map([["books", table]]), checks: [], objects: [], sequences: [] };
}

test.each([
  ["more rows", did({ updated: 4 }), did({ updated: 1 }), "updated 4 rows of books; the solution"],
  ["fewer rows, which leave the same", did({ updated: 1 }), did({ updated: 2 }), undefined],
  ["no row", did({}), did({ inserted: 3 }), "inserted no row into books; the solution inserts 3."],
  ["no question", did({}), did({ isRead: true }), "did not ask the database"],
  [
    "a question about nothing",
    did({ updated: 1 }),
    did({ updated: 1, isRead: true }),
    "did not read books.",
  ],
  ["a question too many", did({ isRead: true }), did({}), undefined],
  ["what only one rolled back", did({ updated: 5 }, true), did({ updated: 3 }), undefined],
  [
    "too many, which both rolled back",
    did({ updated: 5 }, true),
    did({ updated: 3 }, true),
    "updated 5 rows of books; the solution updates 3.",
  ],
  ["nothing to roll back", did({}), did({ updated: 1 }, true), "updated no row of books"],
  [
    "other rows",
    did({ inserted: 1 }, false, ["b"]),
    did({ inserted: 1 }),
    "the rows of books differ from the solution's",
  ],
  [
    "a row too many",
    did({ inserted: 1 }, false, ["a", "b"]),
    did({ inserted: 1 }),
    "books has 2 rows; after the solution, 1.",
  ],
])("%s", (_, own, solution, message) => {
  const said = compareWithSolution(own, [solution])?.message;
  if (message === undefined) expect(said).toBeUndefined();
  else expect(said).toContain(message);
});

test("what is not known is not wrong", () => {
  const unknown = { ...did({}), effects: undefined };
  expect(compareWithSolution(unknown, [did({ inserted: 3 })])).toBeUndefined();
});

test("tables are the same only with the same rows in the same places", () => {
  const each = (exact: string) => [{ effects: undefined, ...left([], exact) }];
  const none = each("a,b").map((one) => ({ ...one, tables: new Map() }));
  expect(leftTheSame(each("a,b"), each("a,b"))).toBe(true);
  expect(leftTheSame(each("b,a"), each("a,b"))).toBe(false);
  expect(leftTheSame(each("a,b"), none)).toBe(false);
});

test("what differs between the solution's runs may be anything, and nothing else may", () => {
  const on = (day: string, ...titles: string[]): Done => ({
    effects: undefined,
    ...left(titles.map((title) => ({ title, day }))),
  });
  const midnight = [on("1", "a", "b"), on("2", "a", "b")];
  expect(compareWithSolution(on("2", "b", "a"), [on("1", "a", "b")])?.mayVary).toBe(true);
  expect(compareWithSolution(on("3", "b", "a"), midnight)).toBeUndefined();
  expect(compareWithSolution(on("2", "a", "c"), midnight)?.rows).toEqual([
    '-{"title": b}',
    '+{"title": c}',
  ]);
  expect(compareWithSolution(on("2", "a"), midnight)?.message).toContain("has 1 row; after");
  expect(compareWithSolution(on("2", "a"), [on("2", "a"), on("2", "a", "b")])).toBeUndefined();
});

const short = "CREATE VIEW short AS SELECT id FROM notes WHERE id > 0 AND text <> ''";
const onText = "CREATE INDEX a ON notes (text)";
const made = "CREATE FUNCTION made() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'";
const trigger = (name: string, when: string) =>
  `${made}; CREATE TRIGGER ${name} ${when} INSERT ON notes FOR EACH ROW EXECUTE FUNCTION made()`;
const twice = (type: string, body = "n * 2") =>
  `CREATE FUNCTION twice(n int) RETURNS ${type} LANGUAGE sql AS 'SELECT ${body}'`;

const mood = (labels: string) => `CREATE TYPE mood AS ENUM ('${labels}')`;
const appNotes = (type: string) =>
  `CREATE SCHEMA app; CREATE TABLE app.notes (id ${type}); INSERT INTO app.notes SELECT 1`;
const secure = "ALTER TABLE notes ENABLE ROW LEVEL SECURITY";
const policy = (name: string, command: string, rows = "USING (id > 0)") =>
  `CREATE POLICY ${name} ON notes FOR ${command} ${rows}`;
const unreadable = `${secure}; ALTER TABLE notes FORCE ROW LEVEL SECURITY;
  ${policy("p", "SELECT", "USING (text = current_setting('app.user'))")}`;
const at = (value: string, count = 1) =>
  `INSERT INTO meetings (at) SELECT ${value} FROM generate_series(1, ${count})`;
const id = (value: string) => `INSERT INTO meetings (id) VALUES (${value})`;
const many = (count: number, first = "2000") =>
  `INSERT INTO meetings SELECT n, md5(n::text)::uuid, GREATEST('${first}-01-01', '2000-01-01'::date - n) FROM generate_series(1, ${count}) AS n`;
const pairs = (second: string) =>
  `CREATE TABLE pairs AS SELECT n, ${second} AS second FROM generate_series(1, 2000) AS n`;
const amount = (byDefault: string, value: string) =>
  `CREATE TABLE amount (n numeric DEFAULT ${byDefault}); INSERT INTO amount VALUES (${value})`;
const gross = (value: string) =>
  `CREATE TABLE net (net numeric, gross numeric GENERATED ALWAYS AS (${value}) STORED); INSERT INTO net VALUES (7)`;
const check = (condition: string) => `ALTER TABLE notes ADD CHECK (${condition})`;
const domain = (condition: string) => `CREATE DOMAIN price AS int CHECK (${condition})`;

const answers: [own: string, solution: string, message: string | undefined][] = [
  ["", short, "there is no view short."],
  [short.replace("VIEW", "MATERIALIZED VIEW"), short, "there is no view short."],
  [short.replace("> 0", "> 1"), short, "the view short differs from the solution's."],
  [short.replace("id > 0 AND text <> ''", "text <> '' AND 0 < id"), short, undefined],
  ["", onText, "there is no index on notes like the solution's."],
  [onText.replace("text", "id, text"), onText, "there is no index on notes like the solution's."],
  [`${onText.replace(" a ", " other ")}; ${short}`, onText, undefined],
  ["ALTER TABLE notes ADD UNIQUE (text)", "CREATE UNIQUE INDEX ON notes (text)", undefined],
  ["CREATE UNIQUE INDEX ON notes (text)", "", "extra constraint: UNIQUE (text)."],
  ["ALTER TABLE notes ADD UNIQUE (text, fee)", "", "extra constraint: UNIQUE (text, fee)."],
  [onText, "", undefined],
  [
    "ALTER TABLE notes ADD FOREIGN KEY (fee) REFERENCES notes",
    "",
    "constraint: FOREIGN KEY (fee) REF",
  ],
  ["", twice("int"), "there is no function twice(integer)."],
  [twice("bigint"), twice("int"), "the function twice(integer) differs from"],
  [twice("int", "n + n"), twice("int"), undefined],
  [made, trigger("a", "BEFORE"), "there is no trigger on notes."],
  [trigger("a", "AFTER"), trigger("a", "BEFORE"), "no trigger on notes like the solution's."],
  [trigger("b", "BEFORE"), trigger("a", "BEFORE"), undefined],
  ["", "CREATE SEQUENCE s", "there is no sequence s."],
  ["CREATE SEQUENCE s START 5", "CREATE SEQUENCE s", "the sequence s differs from"],
  ["", "COMMENT ON TABLE notes IS 'Notes'", "there is no comment on table notes."],
  ["", "COMMENT ON COLUMN notes.text IS 'Text'", "no comment on column text of table notes."],
  ["COMMENT ON TABLE notes IS '?'", "COMMENT ON TABLE notes IS 'Notes'", "the comment on table"],
  ["", "COMMENT ON TABLE notes IS 'Made by the Neon guide'", undefined],
  ["", `${mood("a")}; COMMENT ON TYPE mood IS 'Mood'`, "there is no type mood."],
  [mood("a', 'b"), mood("b', 'a"), "the type mood differs from"],
  ["CREATE DOMAIN mood AS text", mood("a"), "the type mood differs from"],
  ["CREATE TYPE pair AS (a int)", "CREATE TYPE pair AS (a text)", "the type pair differs from"],
  ["", "CREATE CAST (int AS notes) WITH INOUT", "there is no cast from integer to notes."],
  ["", "CREATE SCHEMA app", "there is no schema app."],
  ["CREATE SCHEMA app", appNotes("int"), "there is no table app.notes."],
  [appNotes("text"), appNotes("int"), "app.notes.id is text in your table. It should be integer."],
  [appNotes("int"), `${appNotes("int")} + 1`, "the rows of app.notes differ"],
  [secure, `${secure}; ${policy("p", "SELECT")}`, "there is no policy on notes."],
  ["", secure, "there is no row level security on notes."],
  [policy("p", "UPDATE"), policy("p", "SELECT"), "no policy on notes like the solution's."],
  [policy("q", "SELECT"), policy("p", "SELECT"), undefined],
  [
    policy("p", "SELECT", "USING (true)"),
    policy("p", "SELECT", "USING (text = current_user)"),
    "In your table notes, the policy for SELECT allows text = ",
  ],
  [policy("p", "SELECT"), policy("p", "SELECT", "USING (true)"), "refuses id = -1."],
  [
    policy("p", "ALL", "USING (current_user = text) WITH CHECK (text = current_user)"),
    policy("p", "ALL", "USING (text = current_user)"),
    undefined,
  ],
  [
    policy("p", "UPDATE", "USING (id > 0) WITH CHECK (fee > 1)"),
    policy("p", "UPDATE", "USING (id > 0) WITH CHECK (fee > 0)"),
    "the policy for UPDATE WITH CHECK refuses fee = 1, ",
  ],
  [
    policy("p", "SELECT", "USING (id = 1 OR fee = 1)"),
    `${policy("p", "SELECT", "USING (id = 1)")}; ${policy("q", "SELECT", "USING (fee = 1)")}`,
    undefined,
  ],
  [unreadable, unreadable, undefined],
  ["", "GRANT SELECT ON notes TO PUBLIC", "no grant of SELECT on notes to PUBLIC."],
  ["GRANT ALL ON notes TO PUBLIC", "GRANT SELECT ON notes TO PUBLIC", undefined],
  ["", "CREATE RULE r AS ON DELETE TO notes DO INSTEAD NOTHING", "there is no rule on notes."],
  [at("'1999-09-09 23:00'"), at("'2024-05-01 10:00'"), "the rows of meetings differ"],
  [at("'2024-05-01 10:00'"), at("'2024-05-01 10:00'"), undefined],
  [at("now()"), at("'2024-05-01 10:00'"), "the rows of meetings differ"],
  [at("clock_timestamp()"), at("now()"), undefined],
  [id("gen_random_uuid()"), id("gen_random_uuid()"), undefined],
  [id(`'${"1".repeat(32)}'`), id(`'${"2".repeat(32)}'`), "the rows of meetings differ"],
  [at("now()", 2), at("now()"), "meetings has 2 rows; after the solution, 1."],
  [many(2000), many(2000), undefined],
  [many(1999), many(2000), "meetings has 1999 rows; after the solution, 2000."],
  [many(2000, "1999"), many(2000), "the rows of meetings differ"],
  [pairs("n"), pairs("2001 - n"), "the rows of pairs differ"],
  ["CREATE VIEW v AS SELECT 1 * random() AS v", "CREATE VIEW v AS SELECT random() AS v", undefined],
  [amount("0.00", "0.50"), amount("0", "0.5"), undefined],
  [amount("0.01", "0.5"), amount("0", "0.5"), "amount.n should have a default: 0."],
  [amount("0", "0.05"), amount("0", "0.5"), "the rows of amount differ"],
  [gross("net * 1.2"), gross("1.2 * net"), undefined],
  [gross("net + 20"), gross("net * 1.2"), "the rows of net differ"],
  [
    gross("0").replace("GENERATED ALWAYS AS (0) STORED", "DEFAULT round(120.0)"),
    gross("net * 1.2"),
    "net.gross should have a default: generated from other columns.",
  ],
  ["", check("fee >= 0"), "Your table notes has no CHECK on fee."],
  [check("fee >= 0"), "", "Your table notes has an extra CHECK on fee."],
  [check("text <> ''"), check("fee >= 0"), "has no CHECK on fee."],
  [`${check("fee >= 0")}; ${check("text <> ''")}`, check("fee >= 0"), "an extra CHECK on text"],
  [check("fee < 1 OR fee >= 1 OR fee IS NULL"), "", undefined],
  [check("id IS NOT NULL"), "", undefined],
  ["CREATE TABLE more (n int UNIQUE CHECK (n > 0))", "", undefined],
  [check("fee < 1000"), check("fee >= 0"), "the CHECK on fee allows fee = -1. The solution's"],
  [check("fee > 0"), check("fee >= 0"), "the CHECK on fee refuses fee = 0. The solution's"],
  [check("fee > -1"), check("fee >= 0"), undefined],
  [check("NOT fee < 0"), check("fee >= 0"), undefined],
  [check("fee >= 0 AND price > 0"), `${check("price > 0")}; ${check("fee >= 0")}`, undefined],
  [check("price > -1"), check("price >= 0"), "the CHECK on price allows price = -0.01."],
  [check("fee >= 0 AND fee IS NOT NULL"), check("fee >= 0"), "refuses fee = NULL."],
  [check("id >= 0 AND id IS NOT NULL"), check("id >= 0"), undefined],
  [check("fee < price"), check("fee <= price"), "the CHECK on fee and price refuses fee = "],
  [check("price > fee"), check("fee < price"), undefined],
  [check("length(text) < 5"), check("length(text) <= 4"), undefined],
  [check("length(text) < 6"), check("length(text) <= 4"), "allows text = "],
  [check("text IN ('b', 'a')"), check("text = 'a' OR text = 'b'"), undefined],
  [check("text IN ('a', 'c')"), check("text = 'a' OR text = 'b'"), "allows text = c."],
  [check("day < '2024-01-02'"), check("day <= '2024-01-01'"), undefined],
  [check("day < '2024-01-01'"), check("day <= '2024-01-01'"), "refuses day = 2024-01-01."],
  [check("1 / fee > -5"), check("1 / fee > -5 AND fee <> 9"), undefined], // it cannot be tried
  [domain("VALUE > 0"), domain("VALUE >= 1"), undefined],
  [
    domain("VALUE > 1"),
    domain("VALUE > 0"),
    "your type price, the CHECK on value refuses value = 1.",
  ],
];

test("what a script leaves is compared", async () => {
  const url = await makeDatabase();
  const db = await openDatabase(url);
  const leave = async (sql: string): Promise<Done> => {
    await db.query(`
      DROP SCHEMA IF EXISTS app CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public;
      CREATE TABLE notes (id int PRIMARY KEY, text text, fee int, price numeric(6, 2), day date);
      INSERT INTO notes VALUES (1, 'a', 1, 2, '2000-01-01');
      CREATE TABLE meetings (n serial, id uuid, at timestamptz)`);
    if (sql) await db.query(sql);
    return { effects: undefined, ...(await readAfter(url)) };
  };
  const items = (columns: string, insert: string) =>
    `CREATE TABLE t (${columns}); INSERT INTO t ${insert}`;
  const numbered = items("t serial, n int", "(n) VALUES (1), (2)");
  const [one, again, byHand, turned] = [
    await leave(numbered),
    await leave(numbered),
    await leave(items("t serial, n int", "VALUES (1, 1), (2, 2)")),
    await leave(items("n int, t serial", "(n) VALUES (1), (2)")),
  ].map((done) => [done]);
  expect([again, byHand, turned].map((done) => leftTheSame(done ?? [], one ?? []))).toEqual([
    ...[true, false, false],
  ]);
  const kept = new Map<string, Done>();
  for (const [own, solution, message] of answers) {
    const first = kept.get(solution) ?? (await leave(solution));
    kept.set(solution, first);
    const done = await leave(own);
    let difference = compareWithSolution(done, [first]);
    if (difference?.mayVary) {
      difference = compareWithSolution(done, [first, await leave(solution)]);
    }
    const said =
      difference?.message ??
      (await compareChecks(url, done.checks, first.checks, [...first.tables.keys()]));
    const answer = `${own} for ${solution}`;
    if (message === undefined) expect(said, answer).toBeUndefined();
    else expect(said, answer).toContain(message);
  }
});

test("a default is compared, unless the server makes it", async () => {
  const url = await makeDatabase();
  const db = await openDatabase(url);
  const defaults = [
    ["text", "'(none)'", "'(none)'::text"],
    ["text", "E'it''s (\\\\) now()'", "'it''s (\\) now()'::text"],
    ["varchar(9)", "'(a)'::varchar(5)", "'(a)'::character varying(5)"],
    ["integer", "3", "3"],
    ["text", "", ""],
    ["int[]", "ARRAY[1, NULL]", "ARRAY[1, NULL::integer]"],
    ["timestamptz", "CURRENT_TIMESTAMP", "made by the server"],
    ["timestamptz", "now()", "made by the server"],
    ["text", "md5('a')", "made by the server"],
    ["text", "(now())::text", "made by the server"],
    ["text", "'(' || now()", "made by the server"],
  ];
  const columns = defaults.map(
    ([type, value], index) => `c${index} ${type} ${value && `DEFAULT ${value}`}`,
  );
  await db.query(`CREATE TABLE t (${columns.join(", ")})`);
  const own = [...((await readAfter(url)).tables.get("t")?.columns.values() ?? [])];
  expect(own.map(({ byDefault }) => byDefault)).toEqual(defaults.map(([, , said]) => said));
});

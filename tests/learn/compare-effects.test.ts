import { expect, inject, test } from "vitest";
import {
  compareWithSolution,
  type Done,
  leftTheSame,
} from "../../classroom/learn/compare-effects.ts";
import { readAfter } from "../../classroom/learn/tables-after.ts";
import type { TableEffects } from "../../runner/guide/outcome.ts";
import { makeDatabase, openDatabase } from "../support/database.ts";

const nothing: TableEffects = { inserted: 0, updated: 0, deleted: 0, isRead: false };

function did(books: Partial<TableEffects>, hasRollback = false, rows = ["a"]): Done {
  const columns = new Map();
  const table = { columns, rules: [], count: rows.length, exact: "", digest: rows.join(), rows };
  return {
    effects: { tables: { books: { ...nothing, ...books } }, hasRollback },
    tables: new Map([["books", table]]),
    objects: [],
  };
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
    "books has other rows than after the solution",
  ],
  [
    "a row too many",
    did({ inserted: 1 }, false, ["a", "b"]),
    did({ inserted: 1 }),
    "books has 2 rows; after the solution, 1.",
  ],
])("%s", (_, own, solution, message) => {
  const said = compareWithSolution(own, solution)?.message;
  if (message === undefined) expect(said).toBeUndefined();
  else expect(said).toContain(message);
});

test("what is not known is not wrong", () => {
  const unknown = { ...did({}), effects: undefined };
  expect(compareWithSolution(unknown, did({ inserted: 3 }))).toBeUndefined();
});

test("tables are the same only with the same rows in the same places", () => {
  const left = (exact: string): Done => {
    const table = {
      columns: new Map(),
      rules: [],
      count: 2,
      exact,
      digest: "a,b",
      rows: ["a", "b"],
    };
    return { effects: undefined, tables: new Map([["books", table]]), objects: [] };
  };
  expect(leftTheSame([left("a,b")], [left("a,b")])).toBe(true);
  expect(leftTheSame([left("b,a")], [left("a,b")])).toBe(false);
  expect(leftTheSame([left("a,b")], [{ ...left("a,b"), tables: new Map() }])).toBe(false);
});

const short = "CREATE VIEW short AS SELECT id FROM notes WHERE id > 0 AND text <> ''";
const onText = "CREATE INDEX a ON notes (text)";
const made = "CREATE FUNCTION made() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'";
const trigger = (name: string, when: string) =>
  `${made}; CREATE TRIGGER ${name} ${when} INSERT ON notes FOR EACH ROW EXECUTE FUNCTION made()`;
const twice = (type: string, body = "n * 2") =>
  `CREATE FUNCTION twice(n int) RETURNS ${type} LANGUAGE sql AS 'SELECT ${body}'`;

const answers: [own: string, solution: string, message: string | undefined][] = [
  ["", short, "there is no view short."],
  [short.replace("VIEW", "MATERIALIZED VIEW"), short, "there is no view short."],
  [short.replace("> 0", "> 1"), short, "the view short is another one than after the solution."],
  [short.replace("id > 0 AND text <> ''", "text <> '' AND 0 < id"), short, undefined],
  ["", onText, "there is no index on notes like the solution's."],
  [onText.replace("text", "id, text"), onText, "there is no index on notes like the solution's."],
  [`${onText.replace(" a ", " other ")}; ${short}`, onText, undefined],
  ["ALTER TABLE notes ADD UNIQUE (text)", "CREATE UNIQUE INDEX ON notes (text)", undefined],
  ["", twice("int"), "there is no function twice(integer)."],
  [twice("bigint"), twice("int"), "the function twice(integer) is another one than"],
  [twice("int", "n + n"), twice("int"), undefined],
  [made, trigger("a", "BEFORE"), "there is no trigger on notes."],
  [trigger("a", "AFTER"), trigger("a", "BEFORE"), "no trigger on notes like the solution's."],
  [trigger("b", "BEFORE"), trigger("a", "BEFORE"), undefined],
  ["", "CREATE SEQUENCE s", "there is no sequence s."],
  ["CREATE SEQUENCE s START 5", "CREATE SEQUENCE s", "the sequence s is another one than"],
  ["", "COMMENT ON TABLE notes IS 'Notes'", "there is no comment on table notes."],
  ["", "COMMENT ON COLUMN notes.text IS 'Text'", "no comment on column text of table notes."],
  ["COMMENT ON TABLE notes IS '?'", "COMMENT ON TABLE notes IS 'Notes'", "the comment on table"],
  ["", "COMMENT ON TABLE notes IS 'Made by the Neon guide'", undefined],
];

test("what is no table is compared, too", async () => {
  const url = await makeDatabase(inject("databaseUrl"));
  const db = await openDatabase(url);
  const leave = async (sql: string): Promise<Done> => {
    await db.query("DROP SCHEMA public CASCADE");
    await db.query("CREATE SCHEMA public");
    await db.query("CREATE TABLE notes (id int PRIMARY KEY, text text)");
    await db.query("INSERT INTO notes VALUES (1, 'first')");
    if (sql) await db.query(sql);
    return { effects: undefined, ...(await readAfter(url)) };
  };
  for (const [own, solution, message] of answers) {
    const said = compareWithSolution(await leave(own), await leave(solution))?.message;
    const answer = `${own} for ${solution}`;
    if (message === undefined) expect(said, answer).toBeUndefined();
    else expect(said, answer).toContain(message);
  }
});

test("a default is compared, unless the server makes it", async () => {
  const url = await makeDatabase(inject("databaseUrl"));
  const db = await openDatabase(url);
  const defaults = [
    ["text", "'(none)'", "'(none)'::text"],
    ["text", "E'it''s (\\\\) now()'", "'it''s (\\) now()'::text"],
    ["varchar(9)", "'(a)'::varchar(5)", "'(a)'::character varying(5)"],
    ["integer", "3", "3"],
    ["text", "", ""],
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
  expect(own.map(({ isCompared }) => isCompared)).toEqual([
    true,
    true,
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
});

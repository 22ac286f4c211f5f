import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { toCellCode, toNotebook } from "../../runner/document/ipynb.ts";
import { ownDocument, smallDocument } from "./support.ts";

/**
 * nbformat's schema is of JSON Schema's draft 4, and Ajv reads later ones. It uses nothing that they
 * read otherwise, without its `$schema` field.
 */
function validator() {
  const file = join(import.meta.dirname, "nbformat/nbformat.v4.5.schema.json");
  const { $schema, ...schema } = JSON.parse(readFileSync(file, "utf8"));
  expect($schema).toContain("draft-04");
  return new Ajv({ strict: false, allErrors: true }).compile(schema);
}

const validate = validator();

function cellsOf(notebook: string): Record<string, unknown>[] {
  const value = JSON.parse(notebook);
  validate(value);
  expect(validate.errors).toBeNull();
  return value.cells;
}

test("is valid by nbformat's own schema", async () => {
  const notebook = JSON.parse(toNotebook(await ownDocument()));
  validate(notebook);
  expect(validate.errors).toBeNull();
  expect(notebook).toMatchObject({ nbformat: 4, nbformat_minor: 5 });
  expect(notebook.metadata.kernelspec).toMatchObject({ name: "deno", language: "typescript" });
});

test("the schema is not passed by anything", () => {
  expect(
    validate({ cells: [{ cell_type: "code" }], metadata: {}, nbformat: 4, nbformat_minor: 5 }),
  ).toBe(false);
});

test("has stable ids of the allowed form", async () => {
  const ids = cellsOf(toNotebook(await ownDocument())).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9-_]{1,64}$/);
  expect(ids.slice(0, 2)).toEqual(["title", "prerequisites"]);
  expect(ids).toContain("02-read-after-03-update-code");

  const changed = await ownDocument((_, output) => ({ ...output, text: "else\n" }));
  expect(cellsOf(toNotebook(changed)).map(({ id }) => id)).toEqual(ids);
});

test("has the outputs below the code, as streams", async () => {
  const cells = cellsOf(toNotebook(await ownDocument())).filter(
    (cell) => cell.cell_type === "code",
  );
  expect(cells.map((cell) => cell.execution_count)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(cells[2]).toMatchObject({
    id: "03-update-code",
    outputs: [
      {
        name: "stdout",
        output_type: "stream",
        text: ["Connection established\n", "Updated stock status for 'Dune'.\n"],
      },
    ],
  });
});

test("keeps each byte of an output, and marks what is not verified", async () => {
  const output = "\x1b[1m\n\n<b>\r\n no end";
  const small = await smallDocument(output);
  const [code] = cellsOf(toNotebook(small)).filter((cell) => cell.cell_type === "code");
  expect(code).toMatchObject({ outputs: [{ text: ["\x1b[1m\n", "\n", "<b>\r\n", " no end"] }] });

  const unverified = await ownDocument((_, one) => ({ ...one, verified: false }));
  expect(toNotebook(unverified).match(/> \*\*Not verified\.\*\*/g)).toHaveLength(6);
});

test("no output at all is valid too", async () => {
  const [code] = cellsOf(toNotebook(await smallDocument(""))).filter(
    (cell) => cell.cell_type === "code",
  );
  expect(code).toMatchObject({ outputs: [] });
});

test("holds the scripts of one library, and what they import", async () => {
  const document = await ownDocument();
  const sources = (client?: string) =>
    cellsOf(toNotebook(document, client))
      .filter((cell) => cell.cell_type === "code")
      .map(({ source }) => String(source));
  expect(sources()[0]).toContain('import pg from "npm:pg"');
  const postgres = sources("standalone/postgres");
  expect(postgres[0]).toContain("function connect() {");
  expect(postgres[1]).toContain("const sql = connect();");
  expect(postgres[2]).toContain("await sql<Book[]>");
  const drizzle = sources("standalone/drizzle");
  expect(drizzle).toHaveLength(8);
  expect(drizzle[1]).toContain("const books = pgTable(");
  for (const source of drizzle) expect(source).not.toMatch(/"\.\/|export /);
});

test.each([
  ['import pg from "pg";', 'import pg from "npm:pg";'],
  ["import 'dotenv/config'", 'import "npm:dotenv/config"'],
  [
    'import { drizzle } from "drizzle-orm/node-postgres";',
    'import "npm:pg";\nimport { drizzle } from "npm:drizzle-orm/node-postgres";',
  ],
  ['import { books } from "./schema.ts";\nconst a = 1;', "const a = 1;"],
  ["export const books = 1;", "const books = 1;"],
  ['import fs from "node:fs"; // import "x"', 'import fs from "node:fs"; // import "x"'],
  ['import { join } from "path";', 'import { join } from "path";'],
  ['console.log("pg");', 'console.log("pg");'],
])("%s is at home in a cell", (code, expected) => {
  expect(toCellCode(code)).toBe(expected);
});

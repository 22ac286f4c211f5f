import { expect, test } from "vitest";
import { findWritten } from "../../classroom/learn/written-values.ts";

const asks = 'await client.query("SELECT $1 AS name", ["Ann"])';

test.each([
  [`const { rows: [row] } = ${asks};`, undefined],
  ['const row = { name: "Ann" };', "row"],
  ['const { rows: [row] } = { rows: [{ name: "Ann" as string }] };', "row"],
  ['const name = "Ann"; const row = { name };', "row"],
  ['const row = JSON.parse(`{"name": "Ann"}`);', "row"],
  ['const { rows: [row] } = await Promise.resolve({ rows: [{ name: "Ann" }] });', "row"],
  [`const answer = ${asks}; const row = answer.rows[0];`, undefined],
  [`const answer = ${asks}; const row = { name: answer.rows[0].name };`, undefined],
  ['const row = await ask("Ann");', undefined],
  [`let row = { name: "" }; row = (${asks}).rows[0];`, undefined],
  [`{ const row = ["Ann"]; } const { rows: [row] } = ${asks};`, undefined],
  [`const books = ["Ann"]; const row = books.length;`, undefined],
  ['const other = { name: "Ann" };', undefined],
  ["const row = row;", undefined],
  ["const row = {", undefined],
])("%s", (own, name) => {
  expect(findWritten(own, `const { rows: [row] } = ${asks};`)?.name).toBe(name);
});

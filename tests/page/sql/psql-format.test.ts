import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { formatResult } from "../../../runner/page/sql/print/psql-format.ts";
import { formatMessage } from "../../../runner/page/sql/print/server-message.ts";
import { openSqlSession } from "../../../runner/page/sql/send/sql-session.ts";
import { makeDatabase } from "../../support/database.ts";
import { psqlStatements } from "./psql-statements.ts";

const recorded: string[] = JSON.parse(
  readFileSync(join(import.meta.dirname, "psql-outputs.json"), "utf8"),
);

test("every result is printed as psql has printed it", async () => {
  expect(recorded.length, "psql-outputs.json is old: run record-psql.ts").toBe(
    psqlStatements.length,
  );
  const session = await openSqlSession("pg", await makeDatabase(), { statementTimeout: 30_000 });
  onTestFinished(() => session.close());
  const printed: string[] = [];
  for (const { sql, display } of psqlStatements) {
    printed.push(formatResult(await session.send(sql), display));
  }
  const shown = (outputs: string[]) =>
    outputs.map((output, index) => `${JSON.stringify(psqlStatements[index])}\n${output}`);
  expect(shown(printed)).toEqual(shown(recorded));
});

test("the place of an error is found at once in a long line, such as a page's JSON", () => {
  const statement = `SELECT '${"x".repeat(50_000)}' FROM nowhere`;
  const position = statement.indexOf("nowhere") + 1;
  const error = { severity: "ERROR", message: "no", code: "42P01", position };
  expect(formatMessage(error, statement)).toBe(
    `ERROR:  no\nLINE 1: ...${"x".repeat(46)}' FROM nowhere\n${" ".repeat(64)}^`,
  );
});

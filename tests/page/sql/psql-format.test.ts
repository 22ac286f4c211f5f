import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { formatResult } from "../../../runner/page/sql/psql-format.ts";
import { openSqlSession } from "../../../runner/page/sql/sql-session.ts";
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

import { subscribe } from "node:diagnostics_channel";
import { appendFileSync } from "node:fs";
import { valueTexts } from "../../../drivers/values.ts";
import { hidePassword, hideSecrets } from "../../../runner/common/secrets.ts";
import { type SentStatement, sentStatements } from "../../../runner/connection/report-errors.ts";
import { STATEMENTS_SHOWN, type Statement, shorten } from "../messages.ts";

// This is loaded into a step's process before the step itself. It writes each statement that the driver
// sends to a line of a file. A failure must not disturb the step.

const { GUIDE_STATEMENTS: file, PGPASSWORD = "", PGUSER = "", PGHOST = "" } = process.env;
hidePassword(PGPASSWORD, [PGUSER, PGHOST]); // before a value is cut
delete process.env.GUIDE_STATEMENTS;
let count = 0;

subscribe(sentStatements.name, (message) => {
  if (!file || !isSent(message) || count++ >= STATEMENTS_SHOWN) return;
  try {
    appendFileSync(file, `${JSON.stringify(noteOf(message))}\n`, { mode: 0o600 });
  } catch {
    // the disk is full, or the run is over
  }
});

function noteOf({ text, values, duration, rows, error }: SentStatement): Statement {
  const parameters = valueTexts(values).map(
    (value, index) =>
      `$${index + 1} = ${value === null ? "NULL" : `'${shorten(hideSecrets(value)).replaceAll("'", "''")}'`}`,
  );
  const rounded = Math.round(duration * 100) / 100;
  return { text, parameters: parameters.join(", "), duration: rounded, rows, error };
}

function isSent(message: unknown): message is SentStatement {
  return typeof message === "object" && message !== null && "values" in message;
}

import { splitStatements } from "./split-statements.ts";
import { withoutComments, withoutStrings } from "./volatile-statement.ts";

const kinds = "(?:DATABASE|ROLE|USER(?!\\s+MAPPING)|GROUP|TABLESPACE|SUBSCRIPTION)\\b";

const functions =
  "\\b(?:pg_(?:create|drop|copy)_(?:physical_|logical_)?replication_slot|pg_reload_conf|pg_rotate_logfile|pg_(?:terminate|cancel)_backend|pg_switch_wal|pg_promote|pg_stat_reset_shared|dblink\\w*)\\s*\\(";

/** Statements whose effect is not only on their own database. */
const beyond = new RegExp(
  [
    `^(?:CREATE|ALTER|DROP)\\s+${kinds}`,
    "^ALTER\\s+SYSTEM\\b",
    `^(?:COMMENT|SECURITY\\s+LABEL\\b[^;]*?)\\s+ON\\s+${kinds}`,
    "^(?:REASSIGN|DROP)\\s+OWNED\\b",
    "^PREPARE\\s+TRANSACTION\\b",
    // Of roles, and on what all databases share.
    "^(?:GRANT|REVOKE)\\b(?:(?!\\bON\\b)[^;])*(?:\\b(?:TO|FROM)\\b|\\bON\\s+(?:DATABASE|TABLESPACE|PARAMETER)\\b)",
    functions,
  ].join("|"),
  "i",
);

/** The same in the body of a function, or of DO, where a statement may be a text. */
const beyondInBody = new RegExp(
  `\\b(?:CREATE|ALTER|DROP)\\s+${kinds}|\\bALTER\\s+SYSTEM\\b|${functions}`,
  "i",
);
const hasBody = /^(?:DO|CREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|PROCEDURE))\b/i;

/** How a body sets something of its own database, whose name is not known before. */
const ofOwn = /\bALTER\s+DATABASE\s+%I(?=[^;]*\bcurrent_database\s*\(\s*\))/gi;

/** What all of these statements have in them. Most blocks have none of it. */
const words =
  /\b(?:database|role|user|group|tablespace|subscription|system|owned|grant|revoke|transaction|pg_\w+|dblink\w*)\b/i;

/** These write to files, and run programs, as the user of the server: on the reader's machine, that is the reader. */
const onMachine = /\bCOPY\b[^;]*\b(?:TO\s+(?:E?'|\$)|(?:TO|FROM)\s+PROGRAM\b)|\blo_export\s*\(/i;
const machineWords = /\b(?:copy|lo_export)\b/i;

/** True if a statement writes to a file of the server's machine, or runs a program there. */
export function touchesMachine(statement: string): boolean {
  if (!machineWords.test(statement)) return false;
  const plain = withoutStrings(statement);
  const isBody = hasBody.test(plain.replace(/^[\s*/]+/, ""));
  return onMachine.test(isBody ? withoutComments(statement) : plain);
}

/** True if a statement reaches beyond its database: to other databases, to roles, or to the server itself. */
export function reachesBeyond(statement: string): boolean {
  if (!words.test(statement)) return false;
  // What is left of comments in comments may come first.
  const plain = withoutStrings(statement).replace(/^[\s*/]+/, "");
  if (hasBody.test(plain)) return beyondInBody.test(withoutComments(statement).replace(ofOwn, ""));
  return beyond.test(plain);
}

/** @returns the first statement of a block that does */
export function statementBeyond(sql: string): string | undefined {
  return words.test(sql) ? firstOf(sql, reachesBeyond) : undefined;
}

/** @returns the first statement of a block that touches the server's machine */
export function statementOnMachine(sql: string): string | undefined {
  return machineWords.test(sql) ? firstOf(sql, touchesMachine) : undefined;
}

function firstOf(sql: string, isWanted: (statement: string) => boolean): string | undefined {
  for (const part of splitStatements(sql)) {
    if (part.kind === "statement" && isWanted(part.text)) return part.text;
  }
  return undefined;
}

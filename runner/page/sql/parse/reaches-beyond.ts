import {
  inBody,
  replaceQuoted,
  withoutComments,
  withoutStrings,
} from "../../../common/sql-text.ts";
import { hardcodedHosts } from "../../../run/hardcoded-hosts.ts";
import { splitStatements } from "./split-statements.ts";

const kinds = "(?:DATABASE|ROLE|USER(?!\\s+MAPPING)|GROUP|TABLESPACE|SUBSCRIPTION)\\b";

/** What asks (`pg_get_…`), and what resets the statistics of its own database. */
const harmless = "(?!(?:pg_(?:stat_)?(?:get|is|has)_\\w+|pg_stat_reset(?:_single_\\w+)?)\\b)";
/** Functions that do something to the server, other sessions or other databases: their names say what. */
const functions = [
  `\\b${harmless}pg_\\w*(?:create|drop|copy|advance|reset|reload|rotate|terminate|cancel|switch|promote|pause|resume|sync|slot_get|log_backend|log_standby|backup_start|backup_stop|start_backup|stop_backup)\\w*"?\\s*\\(`,
  '\\bpg_replication_origin_(?!oid|progress)\\w+"?\\s*\\(',
  '\\bdblink\\w*"?\\s*\\(',
].join("|");

/** How a statement begins whose effect is not only on its own database. */
const statements = [
  `(?:CREATE|ALTER|DROP)\\s+${kinds}`,
  "ALTER\\s+SYSTEM\\b",
  `(?:COMMENT|SECURITY\\s+LABEL\\b[^;]*?)\\s+ON\\s+${kinds}`,
  "(?:REASSIGN|DROP)\\s+OWNED\\b",
  "PREPARE\\s+TRANSACTION\\b",
  // Of roles, and on what all databases share.
  "(?:GRANT|REVOKE)\\b(?:(?!\\bON\\b)[^;])*(?:\\b(?:TO|FROM)\\b|\\bON\\s+(?:DATABASE|TABLESPACE|PARAMETER)\\b)",
].join("|");
const beyond = new RegExp(`^(?:${statements})|${functions}`, "i");

/**
 * The same anywhere in the body of a function, or of DO, where a statement may be a text. What it puts together in
 * the place of the kind may be any kind.
 */
const beyondInBody = new RegExp(
  `\\b(?:${statements}|(?:CREATE|ALTER|DROP)\\s+(?:%(?:\\d+\\$)?s|'\\s*\\|\\|))|${functions}`,
  "i",
);
const hasBody = /^(?:DO|CREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|PROCEDURE))\b/i;

/** How a body sets something of its own database, whose name is not known before. */
const ofOwn = /\bALTER\s+DATABASE\s+%I(?=[^;]*\bcurrent_database\s*\(\s*\))/gi;

/** What all of these statements have in them. Most blocks have none of it. */
const words =
  /\b(?:database|role|user|group|tablespace|subscription|system|owned|grant|revoke|transaction|execute|pg_\w+|dblink\w*)\b/i;

/** These write to files, and run programs, as the user of the server: on the reader's machine, that is the reader. */
const machine = [
  '\\b(?:lo_export|pg_file_\\w+)"?\\s*\\(',
  "\\bOPTIONS\\s*\\((?:[^)]*,)?\\s*(?:(?:ADD|SET)\\s+)?program\\b", // of file_fdw
].join("|");
const onMachine = new RegExp(
  `\\bCOPY\\b[^;]*\\b(?:TO\\s+(?:E?'|\\$)|(?:TO|FROM)\\s+PROGRAM\\b)|${machine}`,
  "i",
);
/** A body has no stdout: it copies to a file, wherever its name comes from. */
const onMachineInBody = new RegExp(
  `\\bCOPY\\b[^;]*\\b(?:TO|PROGRAM)\\b|\\bCOPY\\s+(?:%|'\\s*\\|\\|)|\\bLANGUAGE\\s+'?(?:pl\\w+u|c)\\b|${machine}`,
  "i",
);
/** The server makes the directory of a tablespace unreadable for other users. */
const takesDirectory = /^CREATE\s+TABLESPACE\b[^;]*\bLOCATION\s+(?!'')/i;
const machineWords =
  /\b(?:copy|lo_export|pg_file_\w+|program|tablespace|execute|language\s+'?(?:pl\w+u|c)|dblink\w*|server|connection)\b/i;
/** A server connects from its own machine to where a statement says: `localhost` may be the reader's own. */
const connecting = /\b(?:dblink\w*|server|connection)\b/i;

/** The text of a body, with the strings that it puts together. A string may be a body, or a statement, too. */
function bodyOf(statement: string): string {
  return codeIn(statement).replace(/'\s*\|\|\s*E?'/gi, "");
}

function codeIn(sql: string): string {
  return replaceQuoted(sql, (text, kind) => {
    if (kind === "comment") return " ";
    if (kind === "body") return inBody(text, codeIn);
    const [, inner] = /^E?'([\s\S]*?)'?$/i.exec(text) ?? [];
    if (inner === undefined) return text;
    return `'${codeIn(inner.replaceAll("''", "'").replace(/\\[nrtf]/g, " "))}'`;
  });
}

/** True if a statement writes to a file of the server's machine, runs a program there, or connects to a server from there. */
export function touchesMachine(statement: string): boolean {
  if (!machineWords.test(statement)) return false;
  if (connecting.test(statement) && hardcodedHosts("x.sql", statement, () => false).length > 0)
    return true;
  const plain = withoutStrings(statement).trim();
  if (hasBody.test(plain)) return onMachineInBody.test(bodyOf(statement));
  return takesDirectory.test(withoutComments(statement).trim()) || onMachine.test(plain);
}

/** True if a statement reaches beyond its database: to other databases, to roles, or to the server itself. */
export function reachesBeyond(statement: string): boolean {
  if (!words.test(statement)) return false;
  const plain = withoutStrings(statement).trim();
  if (hasBody.test(plain)) return beyondInBody.test(bodyOf(statement).replace(ofOwn, ""));
  return beyond.test(plain);
}

/** @returns the first statement of a block for which one of these is true */
export function findStatement(sql: string, isWanted: typeof reachesBeyond): string | undefined {
  if (!words.test(sql) && !machineWords.test(sql)) return undefined;
  const statements = splitStatements(sql).map((one) => (one.kind === "statement" ? one.text : ""));
  return statements.find(isWanted);
}

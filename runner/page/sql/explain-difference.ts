import { matchOutput } from "./compare-output.ts";
import { type Doubts, isFragment } from "./doubts.ts";
import { skipEmpty } from "./match-grid.ts";
import { linesOf } from "./match-lines.ts";
import { type Display, formatResults } from "./psql-format.ts";
import { beginsOutput, countIn, isTag, rule } from "./psql-shapes.ts";
import type { SqlError, SqlResult } from "./sql-result.ts";
import { lastName, readColumnChange } from "./volatile-columns.ts";
import { isVolatileStatement, withoutStrings } from "./volatile-statement.ts";

/** What is known of a block of SQL, apart from its results. */
export interface BlockContext {
  readonly display: Display;
  readonly doubts: Doubts;
  /** True where only the place of the output says that it is one. */
  readonly isGuess: boolean;
  /** True where the output is a Markdown table that is not in a block. */
  readonly isTable: boolean;
  /** True where an earlier output of the block shows this, too, or it shows a part of it. */
  readonly isFurther: boolean;
  /** Why the database may be otherwise, or another user's session, if it may. */
  readonly unrun: string | undefined;
  /** What the page says around the SQL, and above its output. */
  readonly prose: string;
  /** All results of the block. */
  readonly results: readonly SqlResult[];
  /** The newest major version of PostgreSQL that the page names. */
  readonly newest: number;
  /** The style of an output that an earlier block has set, such as "intervalstyle". */
  readonly style: string | undefined;
  /** Sends a query that changes nothing. */
  probe(sql: string): Promise<SqlResult>;
}

const ENOUGH_ROWS = 10;

/** What another page, or the author's server, has: tables, types, schemas, databases, extensions, rights. */
const absent =
  /^(42P01|3F000|42704|3D000|42501|42809|42P17|34000|26000|3B\w\w\w|0A\w\w\w|08\w\w\w|25\w\w\w|28\w\w\w|2B\w\w\w|53\w\w\w|54\w\w\w|55\w\w\w|57\w\w\w|58\w\w\w|F0\w\w\w|HV\w\w\w|XX\w\w\w|40\w\w\w)$/;
/** An earlier block has made it. */
const present = /^(42P07|42P06|42P04|42P16|42710|42723|42701|42P05|42P03)$/;
/** What a server does not know, or not yet: syntax, functions, columns, types and settings. */
const ofVersion = /^(42601|42883|42703|42704)$/;
const UNKNOWN_FUNCTION = "42883";
const UNKNOWN_COLUMN = "42703";
const NEEDS = 'the page does not make what it needs, nor does its "setup" or "sample"';
export const PART = "it is a part of a statement.";

/** Errors that one session by itself does not get, or not with the rights that it has here. */
const ofOtherSessions =
  /could not serialize|being accessed by other users|deadlock detected|canceling statement|could not obtain lock|terminating connection|FATAL:|permission denied|must be (?:owner|superuser|member)|row-level security/i;

/** The text of a page that has more than one session. */
const speaksOfSessions =
  /(?:\b(?:second|another|other|different|new|separate)|['‘’]s)`?\s+(?:\w+\s+)?(?:session|connection|terminal|psql)\b/i;
const OF_OTHER_SESSION = "the text around it speaks of another session.";

/** The text above an error that comes only in another case. */
const speaksOfOtherCase = /\b(?:otherwise|if you|would|unless|without)\b/i;

/** What depends on the server: its version, settings and catalogs, and where rows are stored. */
const ofServer =
  /\b(?:version|current_database)\s*\(|\b(?:pg_(?!typeof|input_|lsn\b)\w+|information_schema|current_user|session_user|current_role|ctid|xmin|xmax|tableoid|regclass)\b|^\s*(?:EXPLAIN|SHOW|ANALYZE|VACUUM)\b/i;

/** What a page's syntax has in it where it stands for something. */
const placeholder = /\.\.\.|…|\[[\s,]|<[\w -]+>|\{\{|\$\{|\{[A-Za-z]|(?<![:\w]):[A-Za-z_'"]|%s/;

const statementStart =
  /^\s*(?:SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|WITH|VALUES|MERGE|TRUNCATE|GRANT|REVOKE)\b/i;

const aggregate =
  /\b(?:array|string|xml|jsonb?|jsonb?_object)_agg\s*\((?![^()]*(?:\([^()]*\)[^()]*)*\border\s+by\b)/i;

/**
 * Say why an output that differs from the page's says nothing about the page.
 * @returns undefined if the page is wrong
 */
export async function explainDifference(
  documented: string,
  results: readonly SqlResult[],
  context: BlockContext,
): Promise<string | undefined> {
  const { display, doubts, isGuess, isTable, isFurther, unrun, prose, style } = context;
  const statements = results.map(({ statement }) => statement);
  if (statements.some((one) => isVolatileStatement(one) && !onlyStores(one))) {
    return "it depends on the time, or on chance.";
  }
  if (isGuess && !beginsOutput(linesOf(documented), 0)) {
    return "nothing says that this is an output of the SQL above.";
  }
  const failed = results.find(({ error }) => error);
  if (failed?.error) {
    const reason = await explainError(failed.error, failed.statement, context);
    if (reason !== undefined) return reason;
  }
  if (isTable && !failed && !hasHeader(documented, results)) {
    return "the table below it has other columns.";
  }
  if (ofOtherSessions.test(documented)) return "it needs another session, or other rights.";
  const lines = linesOf(documented);
  if (failed?.error && isFragment(failed.error) && lines.every(isTag)) return PART;
  if (speaksOfSessions.test(prose)) return OF_OTHER_SESSION;
  const showsError = /^(?:\[.*?\] )?(?:ERROR|FATAL):/m.test(documented);
  if (showsError && !failed && speaksOfOtherCase.test(prose)) {
    return "the text around it speaks of another case.";
  }
  const withoutHint = lines.filter((line) => !/^HINT: /.test(line)).join("\n");
  const isOtherHint = failed && matchOutput(withoutHint, results, display) !== undefined;
  if (failed?.error && (isOtherHint || isOtherWording(documented, failed.error))) {
    return "the page has the message of another version of PostgreSQL.";
  }
  if (isFurther) return "the output of the SQL above it is shown already.";
  if (isGuess) return "nothing says that this is an output of the SQL above.";
  for (const statement of statements) {
    const doubt = doubts.about(statement);
    if (doubt !== undefined) return doubt;
  }
  if (unrun !== undefined) return unrun;
  if (statements.some((one) => ofServer.test(withoutStrings(one)))) {
    return "it depends on the server.";
  }
  const showsTable = lines.some((line) => rule.test(line));
  const columns = results.flatMap((result) => result.columns ?? []);
  if (showsTable && columns.length === 0 && !failed) return "the block has no query.";
  const empty = await emptyTable(results, context);
  if (empty !== undefined) return `the page does not fill ${empty}.`;
  if (style !== undefined) return `an earlier block has set ${style}.`;
  if (columns.some(({ type }) => timesWithZone.has(type))) return "it depends on the time zone.";
  if (columns.some(({ type }) => money.has(type))) return "it depends on the server's language.";
  if (columns.some(({ type }) => type === xml)) return "it depends on the server's libxml.";
  if (
    statements.some(
      (one) => /\blimit\b|\bfetch\s+(?:first|next)\b/i.test(one) && !/\border\s+by\b/i.test(one),
    )
  ) {
    return "the query does not say which rows it returns.";
  }
  if (matchOutput(documented, results, display, "unknown")) {
    return "the page has the rows in another order, and the query's order cannot be seen in them.";
  }
  if (showsFirstRows(documented, lines, results, display))
    return "the page only shows the first rows.";
  const once = results.map((result) => ({ ...result, rows: withoutRepeats(result.rows) }));
  if (matchOutput(documented, once, display)) {
    return "the page makes the same rows more than once.";
  }
  const printed = formatResults(results, display);
  if (
    statements.some((one) => aggregate.test(one)) &&
    lettersOf(printed) === lettersOf(documented)
  ) {
    return "the query does not say in which order it puts values together.";
  }
  return undefined;
}

/** True if a Markdown table has the columns of a result. */
function hasHeader(documented: string, results: readonly SqlResult[]): boolean {
  const [header = ""] = linesOf(documented);
  const cells = header
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim().toLowerCase());
  return results.some(({ columns = [] }) => {
    const names = columns.map(({ name }) => name.toLowerCase());
    return names.length > 0 && names.join("|") === cells.join("|");
  });
}

/** True for an UPDATE that puts the time into a column, and prints how many rows it changed. */
function onlyStores(statement: string): boolean {
  return !/\breturning\b/i.test(statement) && readColumnChange(statement) !== undefined;
}

/** timestamptz and timetz, and arrays of them */
const timesWithZone = new Set([1184, 1266, 1185, 1270]);
const money = new Set([790, 791]);
const xml = 142;
const INVALID_PARAMETER = "22023";

/**
 * Say why an error that the page does not show says nothing about it.
 * @returns undefined if the page is wrong
 */
export async function explainError(
  error: SqlError,
  statement: string,
  context: BlockContext,
): Promise<string | undefined> {
  const { doubts, unrun, prose, newest, probe } = context;
  const { code, message } = error;
  if (ofVersion.test(code) && newest > 0) {
    const { rows } = await probe("SELECT current_setting('server_version_num')::int / 10000");
    const own = Number(rows[0]?.[0]);
    if (newest > own) return `the page is about PostgreSQL ${newest}, and this is ${own}.`;
  }
  if (isFragment(error)) {
    const isPart = placeholder.test(withoutStrings(statement)) || !statementStart.test(statement);
    return isPart ? PART : undefined;
  }
  const isSetting = /^\s*(?:SET|RESET|ALTER|CREATE|SECURITY)\b/i.test(statement);
  if (absent.test(code) || (code === INVALID_PARAMETER && isSetting))
    return `${NEEDS}: ${message}.`;
  if (code === UNKNOWN_FUNCTION) {
    const name = /^(?:function|procedure|aggregate) ([\w$."]+)\(/.exec(message)?.[1];
    if (name !== undefined) {
      const quoted = `'${lastName(name).replaceAll("'", "''")}'`;
      const { rows } = await probe(`SELECT 1 FROM pg_proc WHERE proname = ${quoted} LIMIT 1`);
      if (rows.length === 0) return `${NEEDS}: ${message}.`;
    }
  }
  const doubt = doubts.about(statement);
  if (doubt !== undefined) return doubt;
  if (present.test(code)) {
    return isMadeHere(message, context) ? undefined : `an earlier block made it: ${message}.`;
  }
  return unrun ?? (speaksOfSessions.test(prose) ? OF_OTHER_SESSION : undefined);
}

/** True if the block itself makes the thing of an error twice. */
function isMadeHere(message: string, { results }: BlockContext): boolean {
  const name = /"([^"]+)"/.exec(message)?.[1];
  const makes = results.filter(({ statement, error }) => {
    return !error && /^\s*(?:CREATE|ALTER)\b/i.test(statement);
  });
  return name !== undefined && makes.some(({ statement }) => statement.includes(name));
}

/** True for syntax: a name that can be no column, as there is no table; a function without a body. */
export function isTemplate({ code, message }: SqlError, statement: string): boolean {
  if (/^no (?:language|function body) specified$/.test(message)) return true;
  const plain = withoutStrings(statement);
  return (
    code === UNKNOWN_COLUMN &&
    !message.includes(" of relation ") &&
    /^\s*(?:SELECT|CALL|INSERT\b[^;]*?\bVALUES)\b/i.test(plain) &&
    !/\b(?:FROM|RETURNING|CONFLICT)\b/i.test(plain)
  );
}

/**
 * True for a message with the words of another version: it says less than the server's, or the page shows the
 * same code.
 */
function isOtherWording(documented: string, { message, code }: SqlError): boolean {
  const [first = ""] = linesOf(documented);
  const shown = /^(?:.*?\] )?ERROR: +(.*?)(?: \(SQLSTATE (\w{5})\))?$/.exec(first);
  if (!shown) return false;
  const [, text = "", state] = shown;
  if (text === message) return false;
  if (state === code) return true;
  const words = text.split(/\s+/);
  let at = 0;
  for (const one of message.split(/\s+/)) if (one === words[at]) at++;
  return words.length > 3 && at === words.length;
}

/** @returns the name of an empty table that a statement without rows reads or changes */
async function emptyTable(
  results: readonly SqlResult[],
  { doubts, probe }: BlockContext,
): Promise<string | undefined> {
  const idle = results.filter(
    ({ columns, rows, tag }) => (columns && rows.length <= 1) || / 0$/.test(tag),
  );
  const names = idle.flatMap(({ statement }) =>
    [
      ...withoutStrings(statement).matchAll(
        /\b(?:from|join|update|into|using)\s+(?:only\s+)?((?:"[^"]+"|[\w$]+)(?:\.(?:"[^"]+"|[\w$]+))?)(?![\w$.]|\s*\()/gi,
      ),
    ].map(([, name = ""]) => name),
  );
  for (const name of new Set(names)) {
    if (doubts.isFilled(name)) continue;
    const literal = `'${name.replaceAll("'", "''")}'`;
    const { rows } = await probe(`SELECT to_regclass(${literal})`);
    if (rows[0]?.[0] == null) continue;
    const found = await probe(`SELECT 1 FROM ${name} LIMIT 1`);
    if (!found.error && found.rows.length === 0) return name;
  }
  return undefined;
}

/** A page may end a long table somewhere, if it does not count its rows. */
function showsFirstRows(
  documented: string,
  lines: readonly string[],
  results: readonly SqlResult[],
  display: Display,
): boolean {
  if (lines.some((line) => countIn(line) !== undefined)) return false;
  const below = lines.length - skipEmpty(lines, lines.findIndex((line) => rule.test(line)) + 1);
  return results.some((result) => {
    if (result.rows.length <= ENOUGH_ROWS) return false;
    return [below, below - 1].some((count) => {
      if (count < 1 || result.rows.length - count < ENOUGH_ROWS / 2) return false;
      const first = { ...result, rows: result.rows.slice(0, count) };
      return matchOutput(documented, [first], display) !== undefined;
    });
  });
}

function withoutRepeats(rows: SqlResult["rows"]): SqlResult["rows"] {
  return [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
}

function lettersOf(text: string): string {
  return [...text.replace(/[\s-]+/g, "")].sort().join("");
}

import { withoutComments, withoutStrings } from "../../../common/sql-text.ts";
import { matchOutput } from "../compare/compare-output.ts";
import { skipEmpty } from "../compare/match-grid.ts";
import { linesOf } from "../compare/match-lines.ts";
import { beginsOutput, countIn, isTag, rule } from "../parse/psql-shapes.ts";
import { isVolatileStatement, readColumnChange, word } from "../parse/volatile-columns.ts";
import { type Display, formatResults } from "../print/psql-format.ts";
import { FAILED_TRANSACTION, type SqlResult } from "../sql-result.ts";
import { doubtfulColumns, withAnyValue } from "./doubtful-columns.ts";
import { VARIES } from "./doubts.ts";
import {
  ABORTED,
  type BlockContext,
  explainError,
  isOtherWording,
  OF_OTHER_SESSION,
  PART,
} from "./explain-error.ts";
import { isFragment } from "./shown-syntax.ts";
import { emptyTable, hasHeader } from "./table-rows.ts";

const ENOUGH_ROWS = 10;

export const SHOWN_ALREADY = "the output of the SQL above it is shown already.";

/** Errors that one session by itself does not get, or not with the rights that it has here. */
const ofOtherSessions =
  /could not serialize|being accessed by other users|deadlock detected|canceling statement|could not obtain lock|terminating connection|FATAL:|permission denied|must be (?:owner|superuser|member)|row-level security/i;

/** The text above an error that comes only in another case. */
const speaksOfOtherCase =
  /\b(?:otherwise|would|unless|without|if (?:it|you) (?:do|did|does|is|are|were) ?n[o'’]t)\b/i;

/** What depends on the server: its version, settings and catalogs, and where rows are stored. */
const ofServer =
  /\b(?:version|current_database)\s*\(|\b(?:pg_(?!typeof|input_|lsn\b)\w+|information_schema|current_user|session_user|current_role|ctid|xmin|xmax|tableoid|regclass)\b|^\s*(?:EXPLAIN|SHOW|ANALYZE|VACUUM)\b/i;

const limit = /\blimit\b|\bfetch\s+(?:first|next)\b/i;
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
  const { display, doubts, isGuess, isTable, part, unrun, above } = context;
  const statements = results.map(({ statement }) => statement);
  const doubtful = results.map((one) => doubtfulIn(one, context));
  const whole = doubtful.find((one) => one && !one.columns);
  if (whole?.reason === VARIES) return VARIES;
  // What is known of the results must be right, whatever the rest is.
  const certain = knownPartOf(results, context)(results);
  const partly = doubtful.find((one) => one?.columns);
  if (partly && matchOutput(documented, certain, display, "unknown")) return partly.reason;
  if (isGuess && !beginsOutput(linesOf(documented), 0)) {
    return "nothing says that this is an output of the SQL above.";
  }
  const failed = results.find(({ error }) => error);
  if (failed?.error) {
    const reason = await explainError(failed.error, failed.statement, context, true);
    if (reason !== undefined) return reason;
  }
  if (isTable && !failed && !hasHeader(documented, results)) {
    return "the table below it has other columns.";
  }
  if (ofOtherSessions.test(documented)) return "it needs another session, or other rights.";
  if (showsRowsAsObjects(documented, results)) {
    return "its form, JSON, is not compared with SQL.";
  }
  const lines = linesOf(documented);
  const isForm = failed?.error && isFragment(failed.error) && !/;\s*$/.test(failed.statement);
  if (isForm && lines.every(isTag)) return PART;
  if (context.bindsSession && context.isOtherSession) {
    return failed?.error?.code === FAILED_TRANSACTION ? ABORTED : OF_OTHER_SESSION;
  }
  const showsError = /^(?:\[.*?\] )?(?:ERROR|FATAL):/m.test(documented);
  if (showsError && !failed && speaksOfOtherCase.test(above)) {
    return "the text above it is about another case.";
  }
  const withoutHint = lines.filter((line) => !/^HINT: /.test(line)).join("\n");
  const isOtherHint = failed && matchOutput(withoutHint, results, display) !== undefined;
  if (failed?.error && (isOtherHint || isOtherWording(documented, failed.error))) {
    return "the page has the message of another version of PostgreSQL.";
  }
  const isFurther = part > 0 && context.results.length <= part;
  if (isFurther) return SHOWN_ALREADY;
  if (isGuess) return "nothing says that this is an output of the SQL above.";
  for (const statement of statements) {
    const doubt = doubts.about(statement);
    if (doubt !== undefined && doubts.columnsOf(statement).size === 0) return doubt;
  }
  if (unrun !== undefined) return unrun;
  if (whole) return whole.reason;
  const showsTable = lines.some((line) => rule.test(line));
  const columns = results.flatMap((result) => result.columns ?? []);
  if (showsTable && columns.length === 0 && !failed) return "the block has no query.";
  // A header does not depend on what is in the table.
  const isOtherHeader = rule.test(lines[1] ?? "") && !hasHeader(documented, results);
  const empty = isOtherHeader ? undefined : await emptyTable(results, context);
  if (empty !== undefined) return `the page does not fill ${empty}.`;
  const cut: SqlResult[] = [];
  for (const one of certain) {
    cut.push((await mayBeOthers(one, context)) ? withAnyValue(one, () => true) : one);
  }
  if (cut.some((one, index) => one !== certain[index]) && matchOutput(documented, cut, display)) {
    return "the query does not say which rows it returns.";
  }
  if (matchOutput(documented, results, display, "unknown")) {
    return "the rows are in another order, and it is unclear if the query allows it.";
  }
  if (showsFirstRows(documented, lines, certain, display))
    return "the page only shows the first rows.";
  const printed = formatResults(results, display);
  if (
    statements.some((one) => aggregate.test(one)) &&
    lettersOf(printed) === lettersOf(documented)
  ) {
    return "the query does not say in which order it puts values together.";
  }
  return undefined;
}

/** True for rows such as `[{ "a": 1 }]`. The value of a single column may look the same, with other keys. */
function showsRowsAsObjects(documented: string, results: readonly SqlResult[]): boolean {
  const text = documented.trim();
  const [, first] = /^\[?\s*\{\s*["']?(\w+)["']?\s*:/.exec(text) ?? [];
  if (first === undefined || !/\}\s*\]?$/.test(text)) return false;
  return results.some(({ columns = [] }) => {
    return columns.length > 1 || columns.some(({ name }) => name === first);
  });
}

/** @returns what leaves out of results like these what is known to say nothing about the page */
export function knownPartOf(results: readonly SqlResult[], context: BlockContext) {
  const doubtful = results.map((one) => doubtfulIn(one, context));
  return (all: readonly SqlResult[]): SqlResult[] =>
    all.map((one, index) => {
      const columns = doubtful[index]?.columns;
      return columns ? withAnyValue(one, (column) => columns.has(column)) : one;
    });
}

/**
 * Say which columns of a result say nothing about the page, and why.
 * @returns no columns where any of them may; undefined where all can be compared
 */
function doubtfulIn(
  result: SqlResult,
  { doubts, isZoneSet }: BlockContext,
): { reason: string; columns?: ReadonlySet<number> } | undefined {
  const { statement, columns = [] } = result;
  const varying = doubts.columnsOf(statement);
  const isVarying = (text: string) =>
    text
      .toLowerCase()
      .match(word)
      ?.some((one) => varying.has(one)) === true;
  const isOfServer = (text: string) => ofServer.test(withoutStrings(text));
  const isVolatile = isVolatileStatement(statement) && !onlyStores(statement);
  const isInDoubt = varying.size > 0 && doubts.about(statement) !== undefined;
  const reason = isVolatile || isInDoubt ? VARIES : isOfServer(statement) ? OF_SERVER : undefined;
  const isDoubtful = (text: string) =>
    isVolatileStatement(text) || isOfServer(text) || isVarying(text);
  const found = reason === undefined ? undefined : doubtfulColumns(result, isDoubtful);
  if (reason && !found) return { reason };
  const ofType = new Map<number, string>();
  for (const [index, { type }] of columns.entries()) {
    if (money.has(type)) ofType.set(index, OF_LANGUAGE);
    if (!isZoneSet && timesWithZone.has(type)) ofType.set(index, OF_ZONE);
  }
  const [why = reason] = ofType.values();
  if (why === undefined) return undefined;
  return { columns: new Set([...(found ?? []), ...ofType.keys()]), reason: reason ?? why };
}

const OF_SERVER = "it depends on the server.";
const OF_ZONE = "it depends on the time zone.";
const OF_LANGUAGE = "it depends on the server's language.";

/** True if a query with a limit, and without an order, may return other rows as well. */
async function mayBeOthers(
  { statement, rows }: SqlResult,
  { probe }: BlockContext,
): Promise<boolean> {
  if (!limit.test(statement) || /\border\s+by\b/i.test(statement)) return false;
  const text = withoutComments(statement);
  const [, query, most] = /^(\s*SELECT\b.*)\blimit\s+(\d+)[\s;]*$/is.exec(text) ?? [];
  if (query === undefined || /\boffset\b/i.test(query)) return true;
  if (rows.length < Number(most)) return false;
  if (/[^\w\s]\s*\(|\w\(/.test(withoutStrings(query))) return true; // a function may change something
  const found = `SELECT 1 FROM (${query}) AS found LIMIT ${Number(most) + 1}`;
  const { rows: counted } = await probe(`SELECT count(*) FROM (${found}) AS few`);
  return Number(counted[0]?.[0] ?? Number.POSITIVE_INFINITY) > Number(most);
}

/** True for an UPDATE that puts the time into a column, and prints how many rows it changed. */
function onlyStores(statement: string): boolean {
  return !/\breturning\b/i.test(statement) && readColumnChange(statement) !== undefined;
}

/** timestamptz and timetz, and arrays of them */
const timesWithZone = new Set([1184, 1266, 1185, 1270]);
const money = new Set([790, 791]);

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

function lettersOf(text: string): string {
  return [...text.replace(/[\s-]+/g, "")].sort().join("");
}

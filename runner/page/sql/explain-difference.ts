import { matchOutput } from "./compare-output.ts";
import { isFragment } from "./doubts.ts";
import {
  type BlockContext,
  explainError,
  isOtherWording,
  OF_OTHER_SESSION,
  PART,
  speaksOfSessions,
} from "./explain-error.ts";
import { skipEmpty } from "./match-grid.ts";
import { linesOf } from "./match-lines.ts";
import { type Display, formatResults } from "./psql-format.ts";
import { beginsOutput, countIn, isTag, rule } from "./psql-shapes.ts";
import type { SqlResult } from "./sql-result.ts";
import { emptyTable, hasHeader } from "./table-rows.ts";
import { readColumnChange } from "./volatile-columns.ts";
import { isVolatileStatement, withoutStrings } from "./volatile-statement.ts";

const ENOUGH_ROWS = 10;

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
  const { display, doubts, isGuess, isTable, part, unrun, prose, above } = context;
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
  const isForm = failed?.error && isFragment(failed.error) && !/;\s*$/.test(failed.statement);
  if (isForm && lines.every(isTag)) return PART;
  if (speaksOfSessions.test(prose)) return OF_OTHER_SESSION;
  const showsError = /^(?:\[.*?\] )?(?:ERROR|FATAL):/m.test(documented);
  if (showsError && !failed && speaksOfOtherCase.test(above)) {
    return "the text above it speaks of another case.";
  }
  const withoutHint = lines.filter((line) => !/^HINT: /.test(line)).join("\n");
  const isOtherHint = failed && matchOutput(withoutHint, results, display) !== undefined;
  if (failed?.error && (isOtherHint || isOtherWording(documented, failed.error))) {
    return "the page has the message of another version of PostgreSQL.";
  }
  const isFurther = part > 0 && context.results.length <= part;
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
  // A header does not depend on what is in the table.
  const isOtherHeader = rule.test(lines[1] ?? "") && !hasHeader(documented, results);
  const empty = isOtherHeader ? undefined : await emptyTable(results, context);
  if (empty !== undefined) return `the page does not fill ${empty}.`;
  if (columns.some(({ type }) => timesWithZone.has(type))) return "it depends on the time zone.";
  if (columns.some(({ type }) => money.has(type))) return "it depends on the server's language.";
  if (statements.some((one) => limit.test(one) && !/\border\s+by\b/i.test(one))) {
    return "the query does not say which rows it returns.";
  }
  if (matchOutput(documented, results, display, "unknown")) {
    return "the page has the rows in another order, and the query's order cannot be seen in them.";
  }
  if (showsFirstRows(documented, lines, results, display))
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

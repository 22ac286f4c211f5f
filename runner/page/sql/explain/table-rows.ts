import { withoutStrings } from "../../../common/sql-text.ts";
import { matchOutput } from "../compare/compare-output.ts";
import { linesOf } from "../compare/match-lines.ts";
import { cellsOf } from "../parse/psql-shapes.ts";
import { name } from "../parse/volatile-columns.ts";
import type { SqlResult } from "../sql-result.ts";
import type { BlockContext } from "./explain-error.ts";

const tables = (words: string, end = "") =>
  new RegExp(
    `\\b(?:${words})\\s+(?:if\\s+(?:not\\s+)?exists\\s+)?(?:only\\s+)?${name}${end}`,
    "gi",
  );
const changed = tables("into|update|from|table");
/** Not a function, and not a list of columns. */
const read = tables("from|join|update|into|using", "(?![\\w$.]|\\s*\\()");
/** A name that the text above an output has as code. */
const mentioned = /`([A-Za-z_][\w$.]*)`/g;
const MOST_TABLES = 5;
const MOST_ROWS = 500;

/** Read the rows of the tables and views with these names, where there are such. */
async function* rowsOf(
  names: readonly string[],
  limit: number,
  { probe }: BlockContext,
): AsyncGenerator<readonly [name: string, result: SqlResult]> {
  for (const table of new Set(names)) {
    const { rows } = await probe(`SELECT to_regclass('${table.replaceAll("'", "''")}')`);
    if (rows[0]?.[0] == null) continue;
    const result = await probe(`SELECT * FROM ${table} LIMIT ${limit}`);
    if (!result.error) yield [table, result];
  }
}

function tablesIn(results: readonly SqlResult[], pattern: RegExp): string[] {
  return results.flatMap(({ statement }) =>
    [...withoutStrings(statement).matchAll(pattern)].map(([, table = ""]) => table),
  );
}

/**
 * Find a table whose rows a page shows where no query asks for them: one that the block above changes, or that the
 * text between them names.
 * @returns its name; undefined if the page shows the rows of none
 */
export async function tableShown(
  documented: string,
  context: BlockContext,
): Promise<string | undefined> {
  const { results, prose, isGuess, isTable, display } = context;
  const isOfQuery = results.some(({ columns, error }) => columns ?? error);
  const isOther = isGuess || (isTable && !hasHeader(documented, results));
  if (!/\||---/.test(documented) || (isOfQuery && !isOther)) return undefined;
  const named = [...prose.matchAll(mentioned)].map(([, table = ""]) => table);
  const names = [...tablesIn(results, changed), ...named].reverse().slice(0, MOST_TABLES);
  for await (const [table, result] of rowsOf(names, MOST_ROWS, context)) {
    if (result.rows.length > 0 && matchOutput(documented, [result], display)) return table;
  }
  return undefined;
}

/** @returns the name of an empty table that a statement without rows reads or changes */
export async function emptyTable(
  results: readonly SqlResult[],
  context: BlockContext,
): Promise<string | undefined> {
  const idle = results.filter(
    ({ columns, rows, tag }) => (columns && rows.length <= 1) || / 0$/.test(tag),
  );
  const names = tablesIn(idle, read).filter((table) => !context.doubts.isFilled(table));
  for await (const [table, { rows }] of rowsOf(names, 1, context)) {
    if (rows.length === 0) return table;
  }
  return undefined;
}

/** True if a table has the columns of a result. */
export function hasHeader(documented: string, results: readonly SqlResult[]): boolean {
  const [header = ""] = linesOf(documented.toLowerCase());
  const cells = cellsOf(header).join("|");
  return results.some(({ columns = [] }) => {
    const names = columns.map(({ name }) => name.toLowerCase());
    return names.length > 0 && names.join("|") === cells;
  });
}

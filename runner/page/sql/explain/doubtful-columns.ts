import { withoutComments } from "../../../common/sql-text.ts";
import { anyValue } from "../compare/same-value.ts";
import { readColumnChange, splitList } from "../parse/volatile-columns.ts";
import type { SqlResult } from "../sql-result.ts";

const endOfList =
  /^(?:from|where|group|having|window|order|limit|offset|fetch|for|union|intersect|except|into|;)$/i;
/** What comes of one item is then in other columns, or in the number of rows. */
const mixes = /\b(?:union|intersect|except|group\s+by|having|into|limit|fetch|offset)\b/i;
const condition = /\b(?:where|on\s+conflict)\b.*$/is;
const star = /^(?:[\w$".]+\.)?\*$/;

/**
 * Find the columns of a result that say nothing about the page.
 * @param isDoubtful is given a part of the statement, or the name of a column
 * @returns undefined where what is doubtful may be in any column, or in the rows themselves
 */
export function doubtfulColumns(
  { statement, columns = [] }: SqlResult,
  isDoubtful: (text: string) => boolean,
): ReadonlySet<number> | undefined {
  const { items, rest } = partsOf(withoutComments(statement)) ?? { items: [], rest: statement };
  // Without a limit, the order of rows that is doubtful only says where they are.
  const reads = mixes.test(rest) ? rest : rest.replace(/\border\s+by\b[^()]*$/i, "");
  const stars = items.filter((item) => star.test(item));
  if (isDoubtful(reads) || stars.length > 1) return undefined;
  if (mixes.test(rest.replace(/\b(?:limit|offset)\b.*$/is, "")) && items.some(isDoubtful)) {
    return undefined;
  }
  const width = columns.length - items.length + 1; // of a star
  if (width < 0) return undefined;
  const texts = items.flatMap((item) =>
    star.test(item) ? Array<string>(width).fill("*") : [item],
  );
  if (texts.length !== columns.length) return undefined;
  const found = columns.flatMap(({ name }, index) =>
    isDoubtful(texts[index] === "*" ? name : (texts[index] ?? "")) ? [index] : [],
  );
  return found.length > 0 && found.length < columns.length ? new Set(found) : undefined;
}

/** @returns what a statement prints, item by item, and the rest of what it reads */
function partsOf(text: string): { items: string[]; rest: string } | undefined {
  const query = /^\s*SELECT\s+(?:ALL\s+)?(?!DISTINCT\b)/i.exec(text);
  if (query) return splitList(text.slice(query[0].length), endOfList);
  const change = /^\s*(?:INSERT|UPDATE|DELETE|MERGE)\b.*\bRETURNING\b/is.exec(text);
  if (!change) return undefined;
  const { items } = splitList(text.slice(change[0].length), endOfList);
  // Where what it puts into each column is known, only its condition says which rows there are.
  const rest = readColumnChange(text) ? condition.exec(change[0])?.[0] : change[0];
  return { items, rest: rest ?? "" };
}

/** Makes any value of some columns fit, in any order. */
export function withAnyValue(result: SqlResult, isAny: (column: number) => boolean): SqlResult {
  const { columns, rows } = result;
  if (!columns) return result;
  return {
    ...result,
    columns: columns.map((one, index) => (isAny(index) ? { ...one, type: anyValue } : one)),
    rows: rows.map((row) => row.map((value, index) => (isAny(index) ? null : value))),
  };
}

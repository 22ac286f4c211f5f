import { withoutComments, withoutStrings } from "../../../common/sql-text.ts";
import type { SqlColumn, SqlResult } from "../sql-result.ts";

type Row = readonly (string | null)[];

/** What a query says about the order in which a page shows its rows. `unknown` where that cannot be seen. */
export type Order = "allowed" | "wrong" | "unknown";

interface Key {
  /** The index of the column; -1 where the key is not among them. */
  readonly column: number;
  /** Its oid. */
  readonly type: number;
  readonly isDescending: boolean;
  readonly nullsFirst: boolean;
  /** The order of texts, where the query names one. */
  readonly collation?: "codes" | "language" | undefined;
}

/** The oids of the types of numbers. */
export const numbers = new Set([20, 21, 23, 26, 700, 701, 790, 1700]);
const texts = new Set([18, 19, 25, 1042, 1043]);
/** Those whose text has the order of their values: bool, date, time, timestamp, timestamptz, uuid. */
const ordered = new Set([16, 1082, 1083, 1114, 1184, 2950]);
/** Of a cursor, or of a prepared statement: its order is said elsewhere. A plan has one order. */
const runsAnotherQuery = /^\s*(?:FETCH|EXECUTE|EXPLAIN)\b/i;
/** Languages put "a" before "B"; the codes of the characters do not. Some skip blanks and hyphens. */
const collators = [false, true].map(
  (ignorePunctuation) => new Intl.Collator("en-US", { ignorePunctuation }),
);

/**
 * Check rows against the query's ORDER BY. Without any, every order is right, and rows with equal keys may
 * come in any order. Texts may be in the order of a language, or of their codes.
 * @param rows those of the result, as the page orders them
 */
export function orderOf({ statement, columns = [] }: SqlResult, rows: readonly Row[]): Order {
  if (runsAnotherQuery.test(withoutComments(statement))) return "unknown";
  const keys = keysOf(statement, columns);
  if (keys.length === 0 && isOrderedWithin(statement)) return "unknown";
  const orders = [byCode, ...collators.map(({ compare }) => compare)].map((compare): Order => {
    const found = rows.slice(1).map((row, index) => check(rows[index] ?? row, row, keys, compare));
    return (
      found.find((one) => one === "wrong") ?? found.find((one) => one === "unknown") ?? "allowed"
    );
  });
  return orders.find((order) => order !== "wrong") ?? "wrong";
}

function check(
  before: Row,
  after: Row,
  keys: readonly Key[],
  compareTexts: (one: string, other: string) => number,
): Order {
  for (const { column, type, isDescending, nullsFirst, collation } of keys) {
    if (column < 0) return "unknown";
    const [one = null, other = null] = [before[column], after[column]];
    if (one === other) continue;
    if (one === null || other === null) {
      return (one === null) === nullsFirst ? "allowed" : "wrong";
    }
    if (![numbers, texts, ordered].some((known) => known.has(type))) return "unknown";
    // If the query names the order of texts, only its kind counts.
    if (collation !== undefined && (collation === "codes") !== (compareTexts === byCode)) {
      return "wrong";
    }
    const compareAs = numbers.has(type) ? byNumber : texts.has(type) ? compareTexts : byCode;
    const compared = compareAs(one, other);
    if (compared !== 0) return compared < 0 !== isDescending ? "allowed" : "wrong";
  }
  return "allowed";
}

function byCode(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Exactly: a double has 15 digits. */
function byNumber(one: string, other: string): number {
  const digits = Math.max(...[one, other].map((text) => text.split(".")[1]?.length ?? 0));
  const [first, second] = [one, other].map((text) => {
    const [before = "", after = ""] = text.split(".");
    return /^-?\d+$/.test(before + after) ? BigInt(before + after.padEnd(digits, "0")) : undefined;
  });
  if (first === undefined || second === undefined) return Number(one) - Number(other);
  return first < second ? -1 : first > second ? 1 : 0;
}

/** The order that a query names for texts: of their codes, or of any language. */
function collationIn(key: string): Key["collation"] {
  const [, name] = /\bcollate\s+(?:\w+\.)?("[^"]+"|\w+)/i.exec(key) ?? [];
  if (name === undefined) return undefined;
  return /^"?(?:c|posix|ucs_basic|(?:pg_)?c[._-]utf-?8|pg_unicode_fast)"?$/i.test(name)
    ? "codes"
    : "language";
}

function keysOf(statement: string, columns: readonly SqlColumn[]): Key[] {
  const outer = outermost(statement);
  const [, clauses] = /^[\s\S]*\border\s+by\b([\s\S]*)$/i.exec(outer) ?? [];
  if (clauses === undefined) return [];
  const clause = clauses.replace(/\b(?:limit|offset|fetch|for)\b[\s\S]*$|;[\s\S]*$/i, "");
  return clause.split(",").map((text): Key => {
    const isDescending = /\bdesc\b/i.test(text);
    const nulls = /\bnulls\s+(first|last)\b/i.exec(text)?.[1]?.toLowerCase();
    const words = text
      .replace(/\b(?:asc|desc|nulls\s+(?:first|last))\b|\bcollate\s+\S+/gi, "")
      .trim();
    const column = columnOf(words, columns, outer);
    return {
      column,
      type: columns[column]?.type ?? 0,
      isDescending,
      nullsFirst: nulls === undefined ? isDescending : nulls === "first",
      collation: collationIn(text),
    };
  });
}

function columnOf(words: string, columns: readonly SqlColumn[], outer: string): number {
  if (/^\d+$/.test(words)) return Number(words) - 1;
  const [, table = "", name] = /^((?:[\w"]+\.)*)("[^"]+"|\w+)$/.exec(words) ?? [];
  if (name === undefined) return -1;
  if (table !== "") {
    const index = indexInList(outer, table, name, columns.length);
    if (index !== undefined) return index;
  }
  const wanted = storedNames(name);
  const found = columns.filter((column) => column.name === wanted);
  return found.length === 1 ? columns.findIndex((column) => column.name === wanted) : -1;
}

/**
 * Finds a table's column in the list of what is selected. A column of the result that is called like it may be another
 * one's.
 * @returns -1 where it is not in the list; undefined where the list has all columns of the table
 */
function indexInList(
  outer: string,
  table: string,
  name: string,
  count: number,
): number | undefined {
  const [list = ""] = /(?<=\bselect\b)(?![\s\S]*\bselect\b)[\s\S]*?(?=\bfrom\b)/i.exec(outer) ?? [];
  const items = list
    .replace(/^\s*(?:all\b|distinct\b(?:\s+on\s*_)?)/i, "")
    .split(",")
    .map((item) => storedNames(item.trim().replace(/\s+(?:as\s+)?(?:"[^"]+"|\w+)$/i, "")));
  if (items.some((item) => item === "*" || item === `${storedNames(table)}*`)) return undefined;
  if (items.length !== count) return -1;
  return items.findIndex(
    (item) => item === storedNames(table + name) || item === storedNames(name),
  );
}

/** Names as the server has them. */
function storedNames(names: string): string {
  return names.replace(/"([^"]*)"|[^"]+/g, (one, quoted) => quoted ?? one.toLowerCase());
}

/**
 * True for a query whose rows come from one with an order, or from a window: they come in that order, though nothing
 * says so.
 */
function isOrderedWithin(statement: string): boolean {
  let plain = withoutStrings(statement);
  if (!/\border\s+by\b/i.test(plain)) return false; // it may be long
  const inner = /\b(from|join|lateral|as|materialized|over)\s*\(([^()]*)\)|\(([^()]*)\)/i;
  for (let found = inner.exec(plain); found; found = inner.exec(plain)) {
    const [all, before, content = ""] = found;
    if (before !== undefined && /\border\s+by\b/i.test(content)) return true;
    plain = plain.replace(all, "_");
  }
  return false;
}

/** A statement without what is in parentheses, strings and comments. */
function outermost(statement: string): string {
  let plain = withoutStrings(statement);
  while (/\([^()]*\)/.test(plain)) plain = plain.replace(/\([^()]*\)/g, "_");
  return plain;
}

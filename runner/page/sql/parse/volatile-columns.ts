import { tokensOf, withoutComments, withoutStrings } from "../../../common/sql-text.ts";
import { escapePattern } from "../../../common/visible.ts";

/** What a statement puts into one table, if that can be told column by column. */
export interface ColumnChange {
  readonly table: string;
  /** The columns that get the time, or chance, in lower case. */
  readonly columns: readonly string[];
  /** The part of the statement that reads. */
  readonly reads: string;
}

/** The source of a pattern for a name, such as `public."Books"`. */
export const name = '((?:"[^"]+"|[\\w$]+)(?:\\.(?:"[^"]+"|[\\w$]+))*)';
const create = new RegExp(
  `^\\s*CREATE\\s+(?:(?:TEMP|TEMPORARY|UNLOGGED)\\s+)?TABLE\\s+(?:IF\\s+NOT\\s+EXISTS\\s+)?${name}\\s*\\(`,
  "i",
);
const insert = new RegExp(`^\\s*INSERT\\s+INTO\\s+${name}\\s*\\(`, "i");
const update = new RegExp(
  `^\\s*UPDATE\\s+(?:ONLY\\s+)?${name}(?:\\s+(?:AS\\s+)?(?!SET\\b)\\w+)?\\s+SET\\s+`,
  "i",
);
const constraint = /^(?:constraint|primary|unique|check|foreign|exclude)\b/i;
export const word = /[\w$]+/g;

/**
 * Read which columns a statement fills with the time or with chance: by a default, or with a value.
 * @returns undefined if the statement is of another form, or may do that to any column
 */
export function readColumnChange(statement: string): ColumnChange | undefined {
  const text = withoutComments(statement);
  return readCreate(text) ?? readInsert(text) ?? readUpdate(text);
}

function readCreate(text: string): ColumnChange | undefined {
  const start = create.exec(text);
  if (!start) return undefined;
  const { items, rest } = splitList(text.slice(start[0].length), /^\)$/);
  const isCopy = items.some((item) => /^like\b/i.test(item)) || /\b(?:inherits|as)\b/i.test(rest);
  if (isCopy || items.some((item) => constraint.test(item) && isVolatile(item))) return undefined;
  const columns = new Set(items.filter(isVolatile).map(firstName));
  for (const item of items) {
    if (!/\bgenerated\s+always\s+as\s*\(/i.test(item)) continue;
    if (wordsOf(item).some((one) => columns.has(one))) columns.add(firstName(item));
  }
  return { table: lastName(start[1]), columns: [...columns], reads: "" };
}

function readInsert(text: string): ColumnChange | undefined {
  const start = insert.exec(text);
  if (!start) return undefined;
  const list = splitList(text.slice(start[0].length), /^\)$/);
  let rest = /^\s*VALUES\s*(\(.*)$/is.exec(list.rest)?.[1];
  if (rest === undefined) return undefined;
  const columns = new Set<string>();
  const values: string[] = [];
  while (rest.startsWith("(")) {
    const row = splitList(rest.slice(1), /^\)$/);
    row.items.forEach((item, index) => {
      const column = list.items[index];
      if (column !== undefined && isVolatile(item)) columns.add(firstName(column));
    });
    values.push(...row.items);
    rest = row.rest.replace(/^\s*,\s*/, "");
  }
  if (isVolatile(rest.replace(/\breturning\b.*$/is, ""))) return undefined;
  const reads = [...values, rest.replace(/\breturning\b.*$/is, "")].join(" ");
  return { table: lastName(start[1]), columns: [...columns], reads };
}

function readUpdate(text: string): ColumnChange | undefined {
  const start = update.exec(text);
  if (!start) return undefined;
  const { items, rest } = splitList(text.slice(start[0].length), /^(?:where|from|returning)$/i);
  const pairs = items.map((item) => /^("[^"]+"|[\w$]+)\s*=(.*)$/s.exec(item));
  const condition = rest.replace(/\breturning\b.*$/is, "");
  if (pairs.some((pair) => !pair) || isVolatile(condition)) return undefined;
  const changed = pairs.filter((pair) => isVolatile(pair?.[2] ?? ""));
  const columns = changed.map((pair) => firstName(pair?.[1] ?? ""));
  const reads = [...pairs.map((pair) => pair?.[2] ?? ""), condition].join(" ");
  return { table: lastName(start[1]), columns, reads };
}

/** All columns of a table, by a star, or by a form that names none. */
const readsAll =
  /\b(?:select|all|distinct|returning)\s+\*|[.,]\s*\*|\bon\s*\([^)]*\)\s*\*|^\s*copy\b|(?<!\b(?:alter|drop|lock|truncate)\s+)\btable\s|\b(?:natural|rename|inherits|partition\s+of)\b|\blike\s+["a-z_]/;

/**
 * True if a statement may read one of the columns of a table that it names: by its name, with all others,
 * or in a whole row.
 * @param table in lower case, as the columns are
 */
export function mayRead(statement: string, table: string, columns: ReadonlySet<string>): boolean {
  const text = withoutComments(statement).toLowerCase();
  if (wordsOf(text).some((one) => columns.has(one))) return true;
  if (readsAll.test(text)) return true;
  const known = escapePattern(table);
  const alias = new RegExp(`\\b${known}"?\\s+(?:as\\s+)?([\\w$]+)`).exec(text)?.[1] ?? table;
  return [known, escapePattern(alias)].some((one) =>
    new RegExp(`[(,]\\s*${one}\\s*[,)]|\\bselect\\s+${one}\\b(?!\\s*\\.)`).test(text),
  );
}

function isVolatile(text: string): boolean {
  return isVolatileStatement(text, { inDefinitions: true });
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(word) ?? [];
}

function firstName(text: string): string {
  return (/^(?:"([^"]+)"|([\w$]+))/.exec(text)?.slice(1).join("") ?? "").toLowerCase();
}

/** @param text such as `public."Books"` */
export function lastName(text = ""): string {
  return (/"?([^".]+)"?$/.exec(text)?.[1] ?? text).toLowerCase();
}

/**
 * Split a list at its commas, outside of strings and parentheses.
 * @param end what the list ends at
 * @returns the items, and what is behind the end
 */
export function splitList(text: string, end: RegExp): { items: string[]; rest: string } {
  const items = [""];
  let depth = 0;
  let at = 0;
  for (const { kind, text: part } of tokensOf(text)) {
    if (depth === 0 && end.test(part)) {
      const rest = text.slice(kind === "word" ? at : at + part.length);
      return { items: items.map((item) => item.trim()), rest };
    }
    at += part.length;
    if (part === "(") depth++;
    if (part === ")") depth--;
    if (part === "," && depth === 0) items.push("");
    else items.push(`${items.pop() ?? ""}${part}`);
  }
  return { items: items.map((item) => item.trim()), rest: "" };
}

const volatileWords =
  /\b(?:current_(?:date|time|timestamp)|localtime|localtimestamp|tablesample|(?:now|random|random_normal|gen_random_uuid|uuidv4|uuidv7|uuid_generate_v\w+|(?:clock|statement|transaction)_timestamp|timeofday|pg_backend_pid|txid_current\w*|pg_current_\w+|pg_postmaster_start_time|pg_conf_load_time|inet_(?:client|server)_\w+|gen_salt|gen_random_bytes)\s*\()/i;

/** Text that PostgreSQL reads as the time of now. */
const timeWords = /'(?:now|today|tomorrow|yesterday)'/i;

/**
 * True if what the statement prints changes with time or chance, by the functions that it names outside of
 * strings and comments. Where two runs differ, that is found by comparing them.
 * @param options `inDefinitions`: also what a later statement may print, by a default or in a function
 */
export function isVolatileStatement(
  statement: string,
  { inDefinitions = false }: { inDefinitions?: boolean } = {},
): boolean {
  const words = inDefinitions
    ? withoutComments(statement)
    : withoutStrings(statement)
        .replace(/"[^"]*"/g, "")
        .trim();
  // These print a tag, whatever a default is.
  if (!inDefinitions && /^(CREATE|ALTER|COMMENT|DROP)\b/i.test(words)) return false;
  if (!inDefinitions && /^INSERT\b(?!.*\bRETURNING\b)/is.test(words)) return false;
  if (/^EXPLAIN\s*(?:\([^)]*\banalyze\b|analyze\b)/i.test(words)) return true;
  return volatileWords.test(words) || timeWords.test(statement) || ageOfNow.test(words);
}

/** `age()` with one argument counts from today. */
const ageOfNow = /\bage\s*\((?:[^(),]|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))*(?:\)|$)/i;

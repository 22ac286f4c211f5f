import { withoutStrings } from "../../../common/sql-text.ts";
import { nearestOf } from "../../../guide/json.ts";
import { word } from "../parse/volatile-columns.ts";
import type { SqlError } from "../sql-result.ts";
import type { BlockContext } from "./explain-error.ts";

/** What a page's syntax has in it where it stands for something. */
const placeholder =
  /\.\.\.|…|→|(?<!\|)\|(?!\|)|(?<!\w)\[|\[[\s,]|<[\w -]+>|\{\{|\$\{|\{[A-Za-z]|(?<![:\w]):[A-Za-z_'"]|%s|\$\d|[=(,]\s*\?/;

/** Names such as table_name, column1 and view_name. */
const ofSyntax =
  /^(?:\w+_)?(?:table|column|view|index|schema|function|procedure|trigger|constraint|role|type|value|query|condition|expression|action|parameter|select)s?(?:_\w+|\d+)$|_(?:table|type|definition|constraint|expression|condition|list)$/;

const commands =
  "select insert update delete create alter drop with values merge truncate grant revoke".split(
    " ",
  );

/** What only a function's body has: NEW.id, INTO a variable. */
const ofBody = /\b(?:NEW|OLD)\.|(?<!\b(?:INSERT|MERGE)\s+)\bINTO\b/i;

/** It makes something with columns, or a result, of a type that the server has. */
const hasType =
  /\b(?:CREATE|TABLE|FUNCTION)\s[\s\S]*\s(?:int|integer|bigint|smallint|text|varchar|numeric|boolean|date|timestamp|timestamptz|uuid|jsonb?)\b/i;

const otherDatabase = /\b(?:MySQL|MariaDB|Oracle|SQL Server|SQLite|T-SQL|CockroachDB|BigQuery)\b/i;

/** True for a part of a statement, or its syntax, or for a slip in one. */
export function isFragment({ code, message }: SqlError): boolean {
  return /^(42601|42P02)$/.test(code) || /^no (?:language|function body) specified$/.test(message);
}

/**
 * Tells a slip in a statement from the syntax of one, which a page shows as code. A slip begins with a command, perhaps a
 * misspelt one, and names a table of the database, or makes one of real types; it has no names that stand for others.
 */
export async function isSlip(statement: string, context: BlockContext): Promise<boolean> {
  const text = withoutStrings(statement);
  const words = text.toLowerCase().match(word) ?? [];
  const isCommand = nearestOf(words[0] ?? "", commands) !== undefined;
  if (!isCommand || placeholder.test(text) || ofBody.test(text)) return false;
  if (words.some((one) => ofSyntax.test(one)) || otherDatabase.test(context.prose)) return false;
  if (hasType.test(text)) return true;
  const names = words.map((one) => `'${one}'`).join(", ");
  const { rows } = await context.probe(
    `SELECT 1 FROM pg_class WHERE relname IN (${names}) AND relnamespace::regnamespace::text !~ '^(pg_|information_schema)'`,
  );
  return rows.length > 0;
}

/** True for a whole statement, whatever it names. */
export function isWhole(statement: string): boolean {
  const [first = ""] = statement.toLowerCase().match(word) ?? [];
  return commands.includes(first) && !placeholder.test(withoutStrings(statement));
}

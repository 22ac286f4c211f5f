import { readToken } from "../../../common/sql-text.ts";

/** These change how psql sends or prints. */
const special =
  /^(AUTOCOMMIT|VERBOSITY|ECHO|ECHO_HIDDEN|SHOW_CONTEXT|ON_ERROR_ROLLBACK|SINGLE\w+|QUIET|PROMPT\d)$/;

const use = /:(?:'(\w+)'|"(\w+)"|(\w+))/y;

/**
 * Play psql's `\set`.
 * @returns the variables then; or why the command cannot be played
 */
export function setVariable(
  variables: ReadonlyMap<string, string>,
  rest: string,
): ReadonlyMap<string, string> | string {
  const [, name = "", values = ""] = /^(\S+)\s*(.*)$/s.exec(rest) ?? [];
  if (name === "" || special.test(name)) return `psql's \\set ${name} is not supported.`;
  const words = values.match(/'(?:[^']|'')*'|[^\s']+/g) ?? [];
  const text = words.map((word) => word.replace(/^'(.*)'$/s, "$1").replaceAll("''", "'")).join("");
  return new Map([...variables, [name, text]]);
}

/**
 * Put the values of variables into a statement: `:name`, `:'name'` as a text, `:"name"` as a name. Strings, names,
 * comments and casts stay as they are.
 */
export function withVariables(statement: string, variables: ReadonlyMap<string, string>): string {
  if (variables.size === 0) return statement;
  let result = "";
  for (let at = 0; at < statement.length; ) {
    use.lastIndex = at;
    const [found, text, name, plain] = use.exec(statement) ?? [];
    const value = variables.get(text ?? name ?? plain ?? "");
    const part = found ?? readToken(statement, at).text;
    at += part.length;
    if (value === undefined) result += part;
    else if (text !== undefined) result += `'${value.replaceAll("'", "''")}'`;
    else result += name !== undefined ? `"${value.replaceAll('"', '""')}"` : value;
  }
  return result;
}

import { readToken } from "../../../common/sql-text.ts";

const use = /:(?:'(\w+)'|"(\w+)"|(\w+))/y;

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

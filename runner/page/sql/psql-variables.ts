/** These change how psql sends or prints. */
const special =
  /^(AUTOCOMMIT|VERBOSITY|ECHO|ECHO_HIDDEN|SHOW_CONTEXT|ON_ERROR_ROLLBACK|SINGLE\w+|QUIET|PROMPT\d)$/;

/** Strings, names, comments and casts stay as they are. */
const uses =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\$(\w*)\$[\s\S]*?\$\1\$|::|:'(\w+)'|:"(\w+)"|:(\w+)/g;

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

/** Put the values of variables into a statement: `:name`, `:'name'` as a text, `:"name"` as a name. */
export function withVariables(statement: string, variables: ReadonlyMap<string, string>): string {
  if (variables.size === 0) return statement;
  return statement.replace(uses, (found, _tag, text, name, plain) => {
    const value = variables.get(text ?? name ?? plain ?? "");
    if (value === undefined) return found;
    if (text !== undefined) return `'${value.replaceAll("'", "''")}'`;
    return name !== undefined ? `"${value.replaceAll('"', '""')}"` : value;
  });
}

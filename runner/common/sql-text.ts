/** The parts of SQL that are not code: a comment, a string, a string in dollar quotes, or a quoted name. */
export type QuotedKind = "comment" | "text" | "body" | "name";

/** A tag may only begin where no name or number goes on: `1$a$` is not the start of a dollar quote. */
const opening =
  /--[^\n\r]*|\/\*|(?<![\w$\u0080-\uffff])[eE]'(?:[^'\\]+|\\[\s\S]|'')*'?|'[^']*(?:''[^']*)*'?|"[^"]*(?:""[^"]*)*"?|(?<![\w$\u0080-\uffff])\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/g;

/**
 * Replace the parts of SQL that are not code, as PostgreSQL reads them: comments nest, and no comment begins in a
 * string.
 * @param replace is given the whole text of each part. A "body" is a string in dollar quotes
 */
export function replaceQuoted(
  sql: string,
  replace: (text: string, kind: QuotedKind) => string,
): string {
  let result = "";
  let at = 0;
  const find = new RegExp(opening);
  for (let found = find.exec(sql); found; found = find.exec(sql)) {
    const [start] = found;
    const kind = kindOf(start);
    if (start === "/*") find.lastIndex = commentEnd(sql, found.index);
    if (kind === "body") find.lastIndex = endOf(sql, start, find.lastIndex);
    result += sql.slice(at, found.index);
    at = find.lastIndex;
    result += replace(sql.slice(found.index, at), kind);
  }
  return result + sql.slice(at);
}

function kindOf(start: string): QuotedKind {
  if (/^(?:--|\/\*)/.test(start)) return "comment";
  if (start.startsWith("$")) return "body";
  return start.startsWith('"') ? "name" : "text";
}

/** Give SQL without the text of its strings, and without comments. Names in quotes stay. */
export function withoutStrings(sql: string): string {
  return replaceQuoted(sql, (text, kind) => {
    if (kind === "comment") return " ";
    return kind === "name" ? text : "''";
  });
}

/** Give SQL without comments, with its strings. The body of a function has comments, too. */
export function withoutComments(sql: string): string {
  return replaceQuoted(sql, (text, kind) => {
    if (kind === "comment") return " ";
    return kind === "body" ? inBody(text, withoutComments) : text;
  });
}

/** Change what is between the dollar quotes of a text. */
export function inBody(text: string, change: (sql: string) => string): string {
  const [, tag = "", code = "", end = ""] = /^(\$[^$]*\$)([\s\S]*?)(\1)?$/.exec(text) ?? [];
  return tag + change(code) + end;
}

/** Where `closing` ends, or the text does. A doubled quote in a string is the start of a second one. */
export function endOf(sql: string, closing: string, from: number): number {
  const at = sql.indexOf(closing, from);
  return at < 0 ? sql.length : at + closing.length;
}

/** Comments nest. */
export function commentEnd(sql: string, from: number): number {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = from;
  let depth = 0;
  for (let found = mark.exec(sql); found; found = mark.exec(sql)) {
    depth += found[0] === "/*" ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return sql.length;
}

/** A name is one in quotes, a body a string in dollar quotes. A number counts as a word. */
const kinds = ["comment", "text", "name", "body", "word", "space", "other"] as const;
const token =
  /(--[^\n\r]*|\/\*)|([eE]'(?:[^'\\]+|\\[\s\S]|'')*'?|'[^']*(?:''[^']*)*'?)|("[^"]*(?:""[^"]*)*"?)|(\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)|([A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|\d[\w$.]*)|([ \t\n\r\f\v]+)|(::|[\s\S])/y;

export interface Token {
  readonly kind: (typeof kinds)[number];
  readonly text: string;
}

/** The parts of SQL that are not code. */
export type QuotedKind = "comment" | "text" | "name" | "body";

const isQuoted = (kind: Token["kind"]): kind is QuotedKind => kinds.indexOf(kind) < 4;

/**
 * Read the token that begins at a place, as PostgreSQL does: comments nest, and no comment begins in a string.
 * @returns one without text at the end
 */
export function readToken(sql: string, at: number): Token {
  token.lastIndex = at;
  const [text = "", ...groups] = token.exec(sql) ?? [];
  const kind = kinds[groups.findIndex((group) => group !== undefined)] ?? "other";
  if (text === "/*") return { kind, text: sql.slice(at, commentEnd(sql, at)) };
  if (kind === "body") return { kind, text: sql.slice(at, endOf(sql, text, at + text.length)) };
  return { kind, text };
}

export function* tokensOf(sql: string): Generator<Token> {
  for (let at = 0; at < sql.length; ) {
    const next = readToken(sql, at);
    at += next.text.length;
    yield next;
  }
}

/**
 * Replace the parts of SQL that are not code.
 * @param replace is given the whole text of each part
 */
export function replaceQuoted(
  sql: string,
  replace: (text: string, kind: QuotedKind) => string,
): string {
  let result = "";
  for (const { kind, text } of tokensOf(sql)) result += isQuoted(kind) ? replace(text, kind) : text;
  return result;
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

/** Where `closing` ends, or the text does. */
export function endOf(sql: string, closing: string, from: number): number {
  const at = sql.indexOf(closing, from);
  return at < 0 ? sql.length : at + closing.length;
}

/** Comments nest. */
function commentEnd(sql: string, from: number): number {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = from;
  let depth = 0;
  for (let found = mark.exec(sql); found; found = mark.exec(sql)) {
    depth += found[0] === "/*" ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return sql.length;
}

/** A statement with its ";", or a command of psql itself, with its backslash: `\x`. */
export type SqlPart =
  | { readonly kind: "statement"; readonly text: string }
  | { readonly kind: "meta"; readonly command: string; readonly rest: string };

/** White space and comments to the line's end. psql leaves them out before a statement, and nowhere else. */
const space = /(?:[ \t\n\r\f\v]|--[^\n\r]*)+/y;
const word = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
const number = /\d[\w$.]*/y; // "1$a$" is not the start of a dollar quote
const dollarQuote = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;
const escapedString = /[eE]'(?:[^'\\]+|\\[\s\S]|'')*'?/y;
const metaCommand = /\\[^\s\\]*/y;
const copyFromStdin = /^COPY\b.*\bFROM\s+STDIN\b/is;

/** These send what was written before them, as ";" does. */
const sends = new Set(["\\g", "\\gx", "\\gset", "\\gexec", "\\gdesc", "\\watch", "\\crosstabview"]);

/**
 * Split a block of SQL where psql does, so that each statement is sent by itself.
 * Rows below `COPY … FROM stdin;` become the `rest` of a command `\.`.
 * @param sql a whole block; the last statement needs no ";"
 */
export function splitStatements(sql: string): SqlPart[] {
  return new Splitter(sql).split();
}

/** A statement without what may differ where it is written twice: blanks, ";", and the case of its letters. */
export function tight(sql: string): string {
  return sql.replace(/[\s;]+/g, "").toLowerCase();
}

/** True while psql would wait for the rest of a statement. */
export function isOpenEnded(sql: string): boolean {
  const splitter = new Splitter(sql);
  splitter.split();
  return splitter.isOpen;
}

class Splitter {
  /** After `split`: whether the last statement has no end. */
  isOpen = false;
  readonly #sql: string;
  readonly #parts: SqlPart[] = [];
  #at = 0;
  /** What the statement had before a command of psql in its middle. */
  #before = "";
  /** Where the rest of the statement begins; -1 between statements. */
  #start = -1;
  #hasWords = false;
  /** In CREATE RULE, a ";" between parentheses separates no statements. */
  #parentheses = 0;
  /** BEGIN and CASE that are open in the body of a function in SQL. */
  #begins = 0;
  #words: string[] = [];

  constructor(sql: string) {
    this.#sql = sql;
  }

  split(): SqlPart[] {
    const sql = this.#sql;
    while (this.#at < sql.length) {
      const blank = this.#match(space);
      if (blank) {
        this.#at += blank.length;
        continue;
      }
      if (sql[this.#at] === "\\") {
        this.#readMeta();
        continue;
      }
      if (this.#start < 0) this.#start = this.#at;
      this.#readToken();
    }
    this.isOpen = this.#hasWords;
    this.#end();
    return this.#parts;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#sql)?.[0];
  }

  #readToken(): void {
    const sql = this.#sql;
    const first = sql[this.#at];
    if (sql.startsWith("/*", this.#at)) {
      this.#at = commentEnd(sql, this.#at);
      return;
    }
    if (first === ";") {
      this.#at++;
      if (this.#parentheses === 0 && this.#begins === 0) this.#end();
      return;
    }
    this.#hasWords = true;
    if (first === "'" || first === '"') {
      this.#at = endOf(sql, first, this.#at + 1);
      return;
    }
    const dollar = first === "$" ? this.#match(dollarQuote) : undefined;
    if (dollar) {
      this.#at = endOf(sql, dollar, this.#at + dollar.length);
      return;
    }
    const name = this.#match(escapedString) ?? this.#match(word);
    if (name) {
      this.#at += name.length;
      this.#note(name.toLowerCase());
      return;
    }
    if (first === "(") this.#parentheses++;
    if (first === ")" && this.#parentheses > 0) this.#parentheses--;
    this.#at += this.#match(number)?.length ?? 1;
  }

  /** The body of a function may be `BEGIN ATOMIC …; …; END`, with CASE … END in it. */
  #note(name: string): void {
    if (this.#words.length < 4) this.#words.push(name);
    const head = this.#words.join(" ");
    if (this.#parentheses > 0 || !/^create (or replace )?(function|procedure)\b/.test(head)) return;
    if (name === "begin" || (name === "case" && this.#begins > 0)) this.#begins++;
    if (name === "end" && this.#begins > 0) this.#begins--;
  }

  #readMeta(): void {
    const sql = this.#sql;
    if (sql[this.#at + 1] === ";") {
      // It joins two statements to one message. Each by itself gives the same results.
      this.#pause();
      this.#before += ";";
      this.#end();
      this.#at += 2;
      return;
    }
    const command = this.#match(metaCommand) ?? "\\";
    this.#pause();
    if (sends.has(command)) this.#end();
    this.#at += command.length;
    const lineEnd = endOf(sql, "\n", this.#at);
    const text = sql.slice(this.#at, lineEnd);
    const separator = text.indexOf("\\\\");
    const rest = separator < 0 ? text : text.slice(0, separator);
    this.#at = separator < 0 ? lineEnd : this.#at + separator + 2;
    if (command !== "\\") this.#parts.push({ kind: "meta", command, rest: rest.trim() });
  }

  /** Keeps what the statement has so far. */
  #pause(): void {
    if (this.#start >= 0) this.#before += this.#sql.slice(this.#start, this.#at);
    this.#start = -1;
  }

  #end(): void {
    this.#pause();
    const text = this.#before.trimEnd();
    if (this.#hasWords) this.#parts.push({ kind: "statement", text });
    this.#before = "";
    this.#hasWords = false;
    this.#parentheses = 0;
    this.#begins = 0;
    this.#words = [];
    if (copyFromStdin.test(text)) this.#readCopiedRows();
  }

  #readCopiedRows(): void {
    const from = endOf(this.#sql, "\n", this.#at);
    const end = /^\\\.\r?$/m.exec(this.#sql.slice(from));
    if (!end) return;
    const rest = this.#sql.slice(from, from + end.index);
    this.#parts.push({ kind: "meta", command: "\\.", rest });
    this.#at = from + end.index + end[0].length;
  }
}

/** Where `closing` ends, or the text does. A doubled quote in a string is the start of a second one. */
function endOf(sql: string, closing: string, from: number): number {
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

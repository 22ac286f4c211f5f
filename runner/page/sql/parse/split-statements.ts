import { endOf, readToken, type Token } from "../../../common/sql-text.ts";

/** A statement with its ";", or a command of psql itself, with its backslash: `\x`. */
export type SqlPart =
  | { readonly kind: "statement"; readonly text: string }
  | { readonly kind: "meta"; readonly command: string; readonly rest: string };

/** What psql leaves out before a statement, and nowhere else. */
const isBlank = ({ kind, text }: Token) => kind === "space" || text.startsWith("--");
const metaCommand = /\\[^\s\\]*/y;
const routine = /^create (or replace )?(function|procedure)\b/;
const copyFromStdin = /^COPY\b.*\bFROM\s+STDIN\b/is;

/** Lines that psql understands between statements, where they are typed. */
const typedWord = /(exit|quit|help)[ \t]*;?[ \t]*\r?(?=\n|$)/iy;

/** These send what was written before them, as ";" does. */
const sends = new Set(["\\g", "\\gx", "\\gset", "\\gexec", "\\gdesc", "\\watch", "\\crosstabview"]);

/**
 * Split a block of SQL where psql does, so that each statement is sent by itself.
 * Rows below `COPY … FROM stdin;` become the `rest` of a command `\.`.
 * @param sql a whole block; the last statement needs no ";"
 * @param isFile true for what psql reads from a file, in which `exit` has no meaning
 */
export function splitStatements(sql: string, isFile = false): SqlPart[] {
  return split(sql, isFile).parts;
}

/** A statement without what may differ where it is written twice: blanks, ";", and the case of its letters. */
export function tight(sql: string): string {
  return sql.replace(/[\s;]+/g, "").toLowerCase();
}

/** True while psql would wait for the rest of a statement. */
export function isOpenEnded(sql: string): boolean {
  return split(sql).isOpen;
}

function split(sql: string, isFile = false): { parts: SqlPart[]; isOpen: boolean } {
  const parts: SqlPart[] = [];
  let at = 0;
  /** What the statement had before a command of psql in its middle. */
  let before = "";
  /** Where the rest of the statement begins; -1 between statements. */
  let start = -1;
  let hasWords = false;
  /** In CREATE RULE, a ";" between parentheses separates no statements. */
  let parentheses = 0;
  /** BEGIN and CASE that are open in the body of a function in SQL. */
  let begins = 0;
  let words: string[] = [];

  function note({ kind, text }: Token): void {
    if (kind === "comment") return;
    hasWords = true;
    if (kind === "word") noteWord(text.toLowerCase());
    if (text === "(") parentheses++;
    if (text === ")" && parentheses > 0) parentheses--;
  }

  /** The body of a function may be `BEGIN ATOMIC …; …; END`, with CASE … END in it. */
  function noteWord(name: string): void {
    if (words.length < 4) words.push(name);
    if (parentheses > 0 || !routine.test(words.join(" "))) return;
    if (name === "begin" || (name === "case" && begins > 0)) begins++;
    if (name === "end" && begins > 0) begins--;
  }

  function readMeta(): void {
    pause();
    if (sql[at + 1] === ";") {
      // It joins two statements to one message. Each by itself gives the same results.
      before += ";";
      end();
      at += 2;
      return;
    }
    metaCommand.lastIndex = at;
    const [found = "\\"] = metaCommand.exec(sql) ?? [];
    const command = /^\\copy$/i.test(found) ? "\\copy" : found; // the only one in any case
    if (sends.has(command)) end();
    at += found.length;
    const lineEnd = endOf(sql, "\n", at);
    const text = sql.slice(at, lineEnd);
    const separator = text.indexOf("\\\\");
    const rest = separator < 0 ? text : text.slice(0, separator);
    at = separator < 0 ? lineEnd : at + separator + 2;
    if (command !== "\\") parts.push({ kind: "meta", command, rest: rest.trim() });
  }

  /** Keeps what the statement has so far. */
  function pause(): void {
    if (start >= 0) before += sql.slice(start, at);
    start = -1;
  }

  function end(): void {
    pause();
    const text = before.trimEnd();
    if (hasWords) parts.push({ kind: "statement", text });
    [before, hasWords, parentheses, begins, words] = ["", false, 0, 0, []];
    if (copyFromStdin.test(text)) readCopiedRows();
  }

  function readCopiedRows(): void {
    const from = endOf(sql, "\n", at);
    const last = /^\\\.\r?$/m.exec(sql.slice(from));
    if (!last) return;
    parts.push({ kind: "meta", command: "\\.", rest: sql.slice(from, from + last.index) });
    at = from + last.index + last[0].length;
  }

  /** @returns true for a line such as `exit` */
  function readWord(): boolean {
    const isBetween = start < 0 && before.trim() === "" && (at === 0 || sql[at - 1] === "\n");
    typedWord.lastIndex = at;
    const [line = "", word = ""] = (!isFile && isBetween && typedWord.exec(sql)) || [];
    if (line === "") return false;
    parts.push({ kind: "meta", command: /^help$/i.test(word) ? "\\?" : "\\q", rest: "" });
    at += line.length;
    return true;
  }

  while (at < sql.length) {
    if (readWord()) continue;
    if (sql[at] === "\\") {
      readMeta();
      continue;
    }
    const token = readToken(sql, at);
    const isEnd = token.text === ";";
    if (!isBlank(token)) {
      if (start < 0) start = at;
      if (!isEnd) note(token);
    }
    at += token.text.length;
    if (isEnd && parentheses === 0 && begins === 0) end();
  }
  const isOpen = hasWords;
  end();
  return { parts, isOpen };
}

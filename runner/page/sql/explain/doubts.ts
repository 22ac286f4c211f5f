import { withoutStrings } from "../../../common/sql-text.ts";
import {
  type ColumnChange,
  isVolatileStatement,
  lastName,
  mayRead,
  name,
  readColumnChange,
  word,
} from "../parse/volatile-columns.ts";
import type { SqlResult } from "../sql-result.ts";
import { isFragment } from "./shown-syntax.ts";

const changes = [
  `\\b(?:create|alter|drop|refresh)\\s+(?:or\\s+replace\\s+|temp(?:orary)?\\s+|unlogged\\s+|materialized\\s+|recursive\\s+|foreign\\s+|unique\\s+|constraint\\s+)*(?:table|view|function|procedure|type|domain|sequence|schema|aggregate|trigger|index|extension|rule|policy)\\s+(?:concurrently\\s+)?(?:if\\s+(?:not\\s+)?exists\\s+)?(?:only\\s+)?${name}`,
  `\\b(?:insert|merge)\\s+into\\s+${name}`,
  `\\bupdate\\s+(?:only\\s+)?${name}`,
  `\\bdelete\\s+from\\s+(?:only\\s+)?${name}`,
  `\\btruncate\\s+(?:table\\s+)?${name}`,
  `\\bcopy\\s+${name}`,
  `\\brename\\s+to\\s+${name}`,
  `\\binto\\s+(?:temp(?:orary)?\\s+|table\\s+)?${name}\\s+from\\b`,
  `\\b(?:trigger|index|rule|policy)\\b[^;]*?\\bon\\s+(?:only\\s+)?${name}`,
].map((source) => new RegExp(source, "gi"));

/** They come where a name does: ON CONFLICT DO UPDATE SET, FOR UPDATE OF. */
const keywords = new Set(["set", "of", "on", "as", "from", "where", "nowait", "skip", "select"]);

export const VARIES = "it depends on the time, or on chance.";

/** It changes how rows are found, and not what they are. */
const isIndex = /^\s*CREATE\s+(?:UNIQUE\s+)?INDEX\b/i;

const isRoutine = /^\s*(?:CREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|PROCEDURE)|DO)\b/i;

/** What changes how later statements work, and not one table. */
const changesAnything =
  /^\s*(?:CREATE\s+(?:EVENT|TEXT|COLLATION|CAST|OPERATOR|LANGUAGE)|ALTER\s+(?:EVENT|TEXT|DEFAULT|DATABASE|SYSTEM|ROLE)|SET\s+(?:LOCAL\s+|SESSION\s+)?(?:search_path|role|session|time|datestyle|intervalstyle|lc_|default_text)|LOAD|CALL|DO)\b/i;

const makesTable = new RegExp(
  `^\\s*create\\s+(?:temp(?:orary)?\\s+|unlogged\\s+)?table\\s+(?!if\\b)${name}`,
  "i",
);

/** The server has no such file. A reader has. */
const copiesFile = /\bcopy\s[^;]*?\bfrom\s+'/i;

export type Doubts = ReturnType<typeof openDoubts>;

/**
 * Opens what is known to differ in the database from what the page describes. What a statement prints that
 * uses such a table says nothing about the page.
 */
export function openDoubts() {
  const doubted = new Map<string, string>();
  /** The columns of a table that vary, where its others do not. */
  const varying = new Map<string, Set<string>>();
  const filled = new Set<string>();
  let all: string | undefined;
  /** Of what a reader has, and this database has not. */
  const lacking = new Map<string, string>();
  let lacksAny: string | undefined;
  /** The last parts of the names of all that the page has made or changed. */
  const met = new Set<string>();
  const unrun = new Set<string>();

  /** @returns why a statement does not find what a reader has, so that it proves nothing if it prints the same */
  function lacks(statement: string): string | undefined {
    const words = wordsOf(statement);
    return lacksAny ?? [...lacking].find(([name]) => words.has(name))?.[1];
  }

  /** @returns why the output of a statement cannot be compared; undefined if it can */
  function about(statement: string): string | undefined {
    const words = wordsOf(statement);
    const reason = all ?? [...doubted].find(([name]) => words.has(name))?.[1];
    if (reason !== undefined || varying.size === 0) return reason;
    if (isIndex.test(withoutStrings(statement))) return undefined;
    const change = /\breturning\b/i.test(statement) ? undefined : readColumnChange(statement);
    const reading = change ? `${change.table} WHERE ${change.reads}` : statement;
    const isRead = [...varying].some(
      ([table, columns]) => words.has(table) && mayRead(reading, table, columns),
    );
    return isRead ? VARIES : undefined;
  }

  function doubt(statement: string, reason: string, isFragment = false): void {
    if (!isFragment && changesAnything.test(withoutStrings(statement))) all ??= reason;
    // What a function or a trigger changes is in a string.
    const body = isRoutine.test(withoutStrings(statement)) ? changedIn(statement) : [];
    for (const name of [...changedBy(statement), ...body]) {
      doubted.set(name, doubted.get(name) ?? reason);
    }
  }

  /** @returns false if the statement reads what is doubted */
  function noteColumns({ table, columns, reads }: ColumnChange): boolean {
    const known = varying.get(table) ?? new Set();
    const isRead = reads !== "" && about(`${table} WHERE ${reads}`) !== undefined;
    if (all !== undefined || doubted.has(table) || isRead) return false;
    if (columns.length > 0) varying.set(table, new Set([...known, ...columns]));
    return true;
  }

  return {
    about,
    lacks,
    /** @returns the columns that vary of the tables that a statement names, where nothing else is in doubt */
    columnsOf(statement: string): ReadonlySet<string> {
      const words = wordsOf(statement);
      const isOther = all !== undefined || [...doubted.keys()].some((name) => words.has(name));
      const known = isOther ? [] : [...varying].filter(([table]) => words.has(table));
      return new Set(known.flatMap(([, columns]) => [...columns]));
    },
    /** True if the page has put rows into a table. */
    isFilled: (table: string) => filled.has(lastName(table)),
    /** Note a statement that was sent, whose error the page does not show. */
    note({ statement, error, tag }: SqlResult): void {
      const names = changedBy(statement);
      for (const name of names) met.add(name);
      const failed = `an earlier statement failed: ${error?.message}.`;
      if (error && copiesFile.test(statement)) {
        for (const name of names) lacking.set(name, failed);
      }
      // It is a new one, with the rows that the page gives it.
      const made = error ? undefined : makesTable.exec(withoutStrings(statement))?.[1];
      if (made !== undefined) lacking.delete(lastName(made));
      if (/^(?:INSERT|COPY|MERGE|SELECT)\b.* [1-9]\d*$/.test(tag)) {
        for (const name of names) filled.add(name);
      }
      if (!error && isIndex.test(withoutStrings(statement))) return;
      const change = error ? undefined : readColumnChange(statement);
      if (change && noteColumns(change)) return;
      const lack = lacks(statement);
      if (lack !== undefined) for (const name of names) lacking.set(name, lack);
      const before = about(statement);
      if (before !== undefined) doubt(statement, before);
      else if (error) doubt(statement, failed, isFragment(error));
      else if (isVolatileStatement(statement, { inDefinitions: true })) {
        doubt(statement, VARIES);
      }
    },
    /** Note a statement that did something else than the page shows, and why. */
    noteOther: (statement: string, reason: string) => doubt(statement, reason),
    /**
     * Note that a command is not run that may change any table which is there.
     * @param isSample true if there are tables that the page has not made
     */
    noteUnrun(reason: string, isSample: boolean): void {
      if (unrun.has(reason)) return;
      if (isSample) lacksAny ??= reason;
      unrun.add(reason);
      for (const name of met) lacking.set(name, reason);
    },
    /** Note what was not sent, and why: a reader has what it makes, and this database has not. */
    noteUnsent(text: string, why: string): void {
      const reason = `an earlier statement was not sent: ${why}`;
      const names = changedBy(text);
      for (const name of names) lacking.set(name, reason);
      if (names.length > 0) {
        doubt(text, reason);
        return;
      }
      lacksAny ??= reason;
      all ??= reason;
    },
  };
}

const wordsOf = (statement: string) => new Set(statement.toLowerCase().match(word));

/** The last parts of the names of what a statement makes or changes, in lower case. */
export function changedBy(statement: string): string[] {
  return changedIn(withoutStrings(statement));
}

function changedIn(text: string): string[] {
  const names = changes.flatMap((pattern) =>
    [...text.matchAll(pattern)].map(([, name = ""]) => lastName(name)),
  );
  return names.filter((name) => !keywords.has(name));
}

import { withoutComments } from "../../../common/sql-text.ts";
import type { SqlRun } from "../../page.ts";
import { splitStatements } from "./split-statements.ts";

/** The text of a page that has more than one session. */
const another =
  /(?:\b(?:second|another|other|different|new|separate)|['‘’]s)`?\s+(?:\w+\s+)?(?:session|connection|terminal|psql)\b/i;

/** A word for a session, with what tells it from another: a number, a letter, an ordinal. */
const numbered =
  /\b(?:[Ss]ession|SESSION|[Tt]erminal|[Ww]indow|[Cc]onnection|[Cc]lient|[Tt]ransaction|[Tt]ab|[Uu]ser|psql)[\s#_*`(-]*(?:[1-9](?![\w.])|[A-DXY]\b|one\b|two\b)/;
const ordinal =
  /\b(?:first|1st|second|2nd|third|3rd|other|another|different|new|separate)\s+(?:\w+\s+)?(?:session|terminal|window|connection|client|tab|psql)\b/i;
const otherTransaction =
  /\b(?:second|2nd|other|another|different|concurrent)\s+(?:transaction|user)\b/i;
/** `**T1**`, `### A`, `-- S2: reads`. */
const label = /^[^\w\n]*(?:(?:T[1-9]|S[12])\b|[AB](?:[:.)]|[^\w\n]*$))/m;
/** What only another session does not see. */
const unseen =
  /\b(?:Alice|Bob)\b|\b(?:not|n['’]t)\s+(?:yet\s+)?see\b|\bcan(?:not|['’]t)\s+(?:yet\s+)?see\b|\bstill\s+sees?\b/;

/**
 * True for a block that may be another session's.
 * @param bindsSession true if something of the page so far may look different to another session
 */
export function mayBeOtherSession(run: SqlRun, bindsSession: boolean): boolean {
  return another.test(run.prose) || (bindsSession && namesSession(run));
}

/** True for a block that is said to be of one of several sessions, in the text above it or its first line. */
export function namesSession({ sql, prose, labels }: SqlRun): boolean {
  const [, comment = ""] = /^\s*--(.*)/.exec(sql) ?? [];
  const text = `${labels}\n${prose}\n${comment}`;
  return [another, numbered, ordinal, otherTransaction, label, unseen].some((one) =>
    one.test(text),
  );
}

const begins = /^(?:BEGIN|START\s+TRANSACTION)\b/i;
const ends = /^(?:COMMIT|END|ABORT|ROLLBACK|PREPARE\s+TRANSACTION)\b/i;
const goesBack = /^ROLLBACK\b\s+(?:\w+\s+)?TO\b/i;

/** Counts how many transactions a block leaves open, or ends. */
export function transactionsLeftOpen(statements: readonly string[]): number {
  let open = 0;
  for (const one of statements) {
    const text = withoutComments(one).trim();
    if (begins.test(text)) open++;
    if (ends.test(text) && !goesBack.test(text)) open--;
  }
  return open;
}

/**
 * Finds out whether a page goes on with the transaction that is open.
 * @param below the SQL that comes later on the page
 * @returns true if that ends the transaction, or goes back in it, before it begins another one
 */
export function isEndedBy(below: Iterable<string>): boolean {
  for (const sql of below) {
    for (const part of splitStatements(sql)) {
      const text = part.kind === "meta" ? "" : withoutComments(part.text).trim();
      if (begins.test(text)) return false;
      if (ends.test(text)) return true;
    }
  }
  return false;
}

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
  return isNamed(`${labels}\n${prose}\n${commentOf(sql)}`);
}

/** What its first comment says, if it begins with one. */
export function commentOf(sql: string): string {
  const [, line, text] = /^\s*(?:--(.*)|\/\*([\s\S]*?)\*\/)/.exec(sql) ?? [];
  return line ?? text ?? "";
}

/** True for a text that has one of several sessions in it. */
export function isNamed(text: string): boolean {
  return [another, numbered, ordinal, otherTransaction, label, unseen].some((one) =>
    one.test(text),
  );
}

/** How a part of a text begins that goes on in the same session. */
const goesOn =
  /^(?:a|an|add|after|afterwards|again|all|alter|and|another|as|at this point|attempt|because|before|begin|both|but|by|change|check|clean|close|commit|complete|confirm|copy|count|create|credit|debit|declare|decrease|delete|deposit|discard|display|do|drop|each|end|every|example|examine|execute|expected|fetch|finally|find|finish|first|for|get|given|he|here|i|if|in (?:this|the same)|increase|insert|inspect|instead|issue|it|its|last|lastly|later|let|let['’]?s|list|lock|look|make|modify|move|next|no|note|notice|nothing|now|observe|once|one|only|our|output|pay|perform|print|query|read|release|remember|remove|rename|repeat|result|results|returns?|revert|roll|rollback|run|save|savepoint|see|select|set|show|since|so|start|step|suppose|that|the|their|then|there|these|they|this|those|to|transfer|truncate|try|undo|update|use|using|verify|view|we|when|with|within|withdraw|you|your)\b/i;

/** What tells of another place, another person, or the same time. */
const elsewhere =
  /\b(?:sessions?|terminals?|windows?|consoles?|shells?|clients?|tabs?|connections?|psql|pgadmin|dbeaver|datagrip|editor|dashboard|process(?:es)?|workers?|machines?|replicas?|side|colleagues?|some(?:body|one|where)|other users?|other|else|elsewhere|second|2nd|third|concurrent\w*|parallel|simultaneous\w*|meanwhile|same time|while|readers?|writers?|Alice|Bob|open(?!\s+(?:the |a )?(?:cursor|transaction))|(?:tx|T|S)\s?\d|transaction\s+(?:[A-D1-9]|one|two))\b/i;

/** True for a text in which nothing may begin, or go back to, another session than that of the open transaction. */
export function staysInSession(text: string): boolean {
  const plain = text.replace(/<[^>]*>|[*_`~]+/g, "").replace(/^[\s>#-]*(?:\d+[.)]\s+)?/gm, "");
  const parts = plain.split(/[.!?:;]+(?:\s|$)|\n\s*\n/).map((part) => part.trim());
  return parts.every((part) => !/\w/.test(part) || (goesOn.test(part) && !elsewhere.test(part)));
}

export const begins = /^(?:BEGIN|START\s+TRANSACTION)\b/i;
export const ends = /^(?:COMMIT|END|ABORT|ROLLBACK|PREPARE\s+TRANSACTION)\b/i;
export const goesBack = /^ROLLBACK\b\s+(?:\w+\s+)?TO\b/i;

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

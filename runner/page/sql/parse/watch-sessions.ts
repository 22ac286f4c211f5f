import { withoutComments } from "../../../common/sql-text.ts";
import type { SqlRun } from "../../page.ts";
import {
  begins,
  commentOf,
  ends,
  goesBack,
  isNamed,
  namesSession,
  staysInSession,
} from "./name-session.ts";
import { onlyReads } from "./only-reads.ts";

/** What a transaction that is open is needed for. */
const needsTransaction =
  /^(?:COMMIT|END|ABORT|ROLLBACK|SAVEPOINT|RELEASE|FETCH|MOVE|CLOSE|SET\s+(?:LOCAL|TRANSACTION)|PREPARE\s+TRANSACTION)\b/i;

/** To which session a block may belong, where one has something that others don't see. */
export interface Whose {
  /** True where it may be another one's. */
  readonly isUnsure: boolean;
  /** True where a transaction was open above it. */
  readonly isInTransaction: boolean;
  /** The role of the page as which it may be sent, and not as the one that plays it. */
  readonly role: string | undefined;
  /** True where what others have done in their sessions was done in one here. */
  readonly isMixed: boolean;
}

/** Of a page, or a command, with one session. */
export const ofOneSession: Whose = {
  isUnsure: false,
  isMixed: false,
  isInTransaction: false,
  role: undefined,
};

const makesRole = /\bCREATE\s+(?:ROLE|USER)\s+(?!MAPPING\b)(?:IF\s+NOT\s+EXISTS\s+)?"?(\w+)/gi;
const setsRole = /^SET\s+(?:(?:SESSION|LOCAL)\s+)?(?:ROLE|SESSION\s+AUTHORIZATION)\b/i;
const resetsRole =
  /^(?:RESET\s+(?:ROLE|SESSION\s+AUTHORIZATION|ALL)|DISCARD|SET\s+(?:\w+\s+)?(?:ROLE|AUTHORIZATION)\s+(?:NONE|DEFAULT))\b/i;

/**
 * Follows the sessions of a page, which are all played in one.
 * @param roles that the page has made: they are another session's, too
 */
export function watchSessions(roles: Set<string> = new Set()) {
  /** The one as which psql was opened. */
  let user: string | undefined;
  let isRoleSet = false;
  let open = 0;
  /** What the block has around it that began the open transaction. */
  let first = "";
  /** Of the last block that surely is of its session. */
  let section = 0;
  let [isUnsure, isMixed] = [false, false];
  /** Of the last block that is said to be of one of several sessions, while a transaction was open. */
  let sharedSection: number | undefined;

  return {
    /** True where a block of one of several sessions was sent while a transaction was open, in this section or in any. */
    areShared(section = sharedSection): boolean {
      return sharedSection !== undefined && sharedSection === section;
    },

    /**
     * Notes a block that was sent.
     * @param isBound true if a session has something that others don't see, be it a transaction
     */
    note(run: SqlRun, statements: readonly string[], isBound: boolean): Whose {
      const { labels, title, opensPsql } = run;
      const texts = statements.map((one) => withoutComments(one).trim());
      // The heading is in the labels.
      const text = run.section === section ? labels.replace(/^.*\n?/, "") : labels;
      const own = [labels, title, commentOf(run.sql)].join("\n");
      const said = [text, title, commentOf(run.sql)].join("\n\n");
      const isAgain = said.trim() !== "" && own === first;
      const isOfOpen = isAgain || (open === 1 && needsTransaction.test(texts[0] ?? ""));
      const isTold = open > 0 ? !staysInSession(said) : isNamed(said);
      if (open === 0 && !isBound) isUnsure = false;
      else if (opensPsql !== undefined) isUnsure = true;
      else if (isOfOpen) isUnsure = false;
      else if (isTold) isUnsure = true;
      else if (open === 0 && run.section !== section) isUnsure = false;
      if (!isUnsure) section = run.section;
      const roleIn = (text: string) =>
        [...roles].find((one) => new RegExp(`\\b${one}\\b`).test(text));
      if (opensPsql !== undefined) user = roleIn(opensPsql);
      const told = texts.every(onlyReads)
        ? roleIn([labels, title, commentOf(run.sql)].join("\n"))
        : undefined;
      isRoleSet ||= texts.some((one) => setsRole.test(one));
      const role = isRoleSet ? undefined : (told ?? user);
      const whose = { isUnsure, isMixed, isInTransaction: open > 0, role };
      for (const [, made = ""] of run.sql.matchAll(makesRole)) roles.add(made);
      for (const one of texts) {
        if (resetsRole.test(one)) isRoleSet = false;
        else if (setsRole.test(one)) isRoleSet = true;
        if (begins.test(one)) {
          isMixed ||= open > 0;
          if (open++ === 0) first = own;
        } else if (ends.test(one) && !goesBack.test(one)) {
          open = Math.max(0, open - 1);
        } else if (isUnsure && open > 0) {
          isMixed ||= !onlyReads(one);
        }
        whose.isMixed ||= isMixed;
      }
      if (open === 0) isMixed = false;
      if (!whose.isInTransaction && open === 0) sharedSection = undefined;
      else if (namesSession(run)) sharedSection = run.section;
      return whose;
    },
  };
}

import { withoutComments, withoutStrings } from "../../../common/sql-text.ts";
import type { SqlRun } from "../../page.ts";
import { linesOf } from "../compare/match-lines.ts";
import { lastName } from "../parse/volatile-columns.ts";
import type { Whose } from "../parse/watch-sessions.ts";
import type { Display } from "../print/psql-format.ts";
import { FAILED_TRANSACTION, type SqlError, type SqlResult } from "../sql-result.ts";
import type { Doubts } from "./doubts.ts";
import { instead } from "./optional-blocks.ts";
import { isFragment, isSlip, isWhole } from "./shown-syntax.ts";

/** What is known of a block of SQL, and of its output. */
export interface BlockContext extends SqlRun {
  readonly display: Display;
  readonly doubts: Doubts;
  /** All results of the block. */
  readonly results: readonly SqlResult[];
  /** True if the text above the output may be about another run of the SQL. */
  readonly isOfRepeat: boolean;
  /** True if the page sets the time zone of its sessions. */
  readonly isZoneSet: boolean;
  /** True if something of the page so far may look different to another session. */
  readonly bindsSession: boolean;
  /** True if the block may be another session's, as the text around it says. */
  readonly isOtherSession: boolean;
  /** To whose session the block may belong, where that may make a difference. */
  readonly whose: Whose;
  /** True if the last error above it, which may have ended its transaction, is on the page. */
  readonly isFailureShown: boolean;
  /** How many outputs the page shows of the block. */
  readonly outputs: number;
  /** The newest major version of PostgreSQL that the page names. */
  readonly newest: number;
  /** Sends a query that changes nothing. */
  probe(sql: string): Promise<SqlResult>;
  /** Sends it in another session. */
  probeElsewhere(sql: string, role?: string): Promise<SqlResult>;
}

/** What another page, or the author's server, has: tables, types, schemas, databases, extensions, rights. */
const absent =
  /^(42P01|3F000|42704|3D000|42501|42809|42P17|34000|26000|3B\w\w\w|0A\w\w\w|08\w\w\w|25\w\w\w|28\w\w\w|2B\w\w\w|53\w\w\w|54\w\w\w|55\w\w\w|57\w\w\w|58\w\w\w|F0\w\w\w|HV\w\w\w|XX\w\w\w|40\w\w\w)$/;
/** An earlier block has made it. */
const present = /^(42P07|42P06|42P04|42P16|42710|42723|42701|42P05|42P03)$/;
/** What a server does not know, or not yet: syntax, functions, columns, types and settings. */
const ofVersion = /^(42601|42883|42703|42704)$/;
const UNKNOWN_FUNCTION = "42883";
const UNKNOWN_COLUMN = "42703";
const NEEDS = 'the page does not make what it needs, nor does its "setup" or "sample"';
export const PART = "it is a part of a statement.";

const INVALID_PARAMETER = "22023";

export const ABORTED = "an earlier statement failed, and with it its transaction.";
export const MAY_BE_OTHERS = "it may be another session's, which does not print the same.";
export const OF_OTHER_SESSION = "the text around it speaks of another session.";

/**
 * Say why an error that the page does not show says nothing about it.
 * @param hasOutput true if the page shows an output of the statement
 * @returns undefined if the page is wrong
 */
export async function explainError(
  error: SqlError,
  statement: string,
  context: BlockContext,
  hasOutput = false,
): Promise<string | undefined> {
  const { doubts, unrun, prose, newest, probe } = context;
  const { code, message } = error;
  if (code === FAILED_TRANSACTION) return context.isFailureShown ? undefined : ABORTED;
  if (ofVersion.test(code) && newest > 0) {
    const { rows } = await probe("SELECT current_setting('server_version_num')::int / 10000");
    const own = Number(rows[0]?.[0]);
    if (newest > own) return `the page is about PostgreSQL ${newest}, and this is ${own}.`;
  }
  if (isFragment(error)) {
    const isWrong = (hasOutput && isWhole(statement)) || (await isSlip(statement, context));
    return isWrong ? undefined : PART;
  }
  const isSetting = /^\s*(?:SET|RESET|ALTER|CREATE|SECURITY)\b/i.test(withoutComments(statement));
  if (absent.test(code) || (code === INVALID_PARAMETER && isSetting))
    return `${NEEDS}: ${message}.`;
  if (code === UNKNOWN_FUNCTION) {
    const name = /^(?:function|procedure|aggregate) ([\w$."]+)\(/.exec(message)?.[1];
    if (name !== undefined) {
      const quoted = `'${lastName(name).replaceAll("'", "''")}'`;
      const { rows } = await probe(`SELECT 1 FROM pg_proc WHERE proname = ${quoted} LIMIT 1`);
      if (rows.length === 0) return `${NEEDS}: ${message}.`;
    }
  }
  const doubt = doubts.about(statement);
  if (doubt !== undefined) return doubt;
  if (present.test(code)) {
    return isMadeHere(message, context) ? undefined : `an earlier block made it: ${message}.`;
  }
  if (unrun !== undefined) return unrun;
  if (instead.test(prose)) return "it is an alternative to the above.";
  return context.isOtherSession ? OF_OTHER_SESSION : undefined;
}

/** True if the block itself makes the thing of an error twice. */
function isMadeHere(message: string, { results }: BlockContext): boolean {
  const name = /"([^"]+)"/.exec(message)?.[1];
  const makes = results.filter(({ statement, error }) => {
    return !error && /^\s*(?:CREATE|ALTER)\b/i.test(withoutComments(statement));
  });
  return name !== undefined && makes.some(({ statement }) => statement.includes(name));
}

/** True for a statement that only shows a syntax: it names columns and has no table. */
export function isTemplate({ code, message }: SqlError, statement: string): boolean {
  const plain = withoutStrings(statement);
  return (
    code === UNKNOWN_COLUMN &&
    !message.includes(" of relation ") &&
    /^\s*(?:SELECT|CALL|INSERT\b[^;]*?\bVALUES)\b/i.test(plain) &&
    !/\b(?:FROM|RETURNING|CONFLICT)\b/i.test(plain)
  );
}

/**
 * True for a message with the words of another version: it says less than the server's, or the page shows the
 * same code.
 */
export function isOtherWording(documented: string, { message, code }: SqlError): boolean {
  const [first = ""] = linesOf(documented);
  const shown = /^(?:.*?\] )?ERROR: +(.*?)(?: \(SQLSTATE (\w{5})\))?$/.exec(first);
  if (!shown) return false;
  const [, text = "", state] = shown;
  if (text === message) return false;
  if (state === code) return true;
  const words = text.split(/\s+/);
  let at = 0;
  for (const one of message.split(/\s+/)) if (one === words[at]) at++;
  return words.length > 3 && at === words.length;
}

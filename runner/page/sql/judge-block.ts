import { replaceQuoted } from "../../common/sql-text.ts";
import { matchesPattern } from "../../verify/pattern.ts";
import { compareOutput, matchOutput } from "./compare/compare-output.ts";
import { linesOf } from "./compare/match-lines.ts";
import { explainDifference, SHOWN_ALREADY } from "./explain/explain-difference.ts";
import {
  type BlockContext,
  explainError,
  isTemplate,
  MAY_BE_OTHERS,
  PART,
} from "./explain/explain-error.ts";
import { hasHeader, tableShown } from "./explain/table-rows.ts";
import { staysInSession } from "./parse/name-session.ts";
import { onlyReads } from "./parse/only-reads.ts";
import { rule } from "./parse/psql-shapes.ts";
import { formatResults } from "./print/psql-format.ts";
import type { Played } from "./send/send-block.ts";
import { FAILED_TRANSACTION, type SqlError, type SqlResult } from "./sql-result.ts";

/** What a block of SQL came to, and what is compared with the page. */
export type Judged = { readonly text: string } & (
  | { readonly kind: "match"; readonly note?: string }
  | { readonly kind: "differs" }
  | { readonly kind: "unverified"; readonly reason: string }
  | { readonly kind: "error"; readonly reason: string }
);

/** Compares the results of a block with what the page shows of it. */
export async function judgeBlock(
  played: Played,
  documented: string,
  context: BlockContext,
  isStrict: boolean,
): Promise<Judged> {
  const { results, refused } = played;
  const { display } = context;
  const text = formatResults(results, display);
  const unverified = (reason: string): Judged => ({ kind: "unverified", text, reason });
  const isAlone = results.length === 0 || documented === "";
  if (refused !== undefined && isAlone) return unverified(refused);
  if (documented === "") return judgeErrors(context, () => false);
  const compared = compareOutput(documented, results, display);
  const unknown = results.find((one) => one.unknown !== undefined)?.unknown;
  const lacking = results.flatMap(({ statement }) => context.doubts.lacks(statement) ?? []);
  if (unknown !== undefined) return unverified(unknown);
  if (compared.kind !== "differs" && lacking[0] !== undefined) return unverified(lacking[0]);
  if (compared.kind === "exact") return { kind: "match", text: documented };
  if (compared.kind === "values") {
    if (isStrict) return { kind: "differs", text };
    const note = "The values agree; the layout is not psql's.";
    return { kind: "match", text: documented, note };
  }
  if (matchesPattern(documented, `${compared.printed.trimEnd()}\n`)) {
    return { kind: "differs", text: compared.printed }; // only where markers say so
  }
  if (refused !== undefined) return unverified(refused);
  if (results.length === 0) return unverified("it is only for psql, which is not run.");
  const table = isStrict ? undefined : await tableShown(documented, context);
  if (table !== undefined) {
    const note = `The page shows the rows of ${table}, without a query.`;
    return { kind: "match", text: documented, note };
  }
  const reason = await explainDifference(documented, results, context);
  const own = resultOf(documented, results);
  if (reason !== undefined && own) {
    // The reason may be that of another statement in the block.
    const again = await judgeBlock({ ...played, results: [own] }, documented, context, isStrict);
    if (again.kind === "differs") return again;
  }
  if (reason !== undefined) return unverified(reason);
  return { kind: "differs", text: compared.printed };
}

/**
 * Judges what may be another session's output: it says nothing if another one prints something else, or what the page
 * shows. What others may have changed is not known.
 */
export async function asOfSession(
  judged: Judged,
  documented: string,
  { whose, above, results, display, probeElsewhere }: BlockContext,
): Promise<Judged> {
  const isTold = whose.isInTransaction && !staysInSession(above);
  const isSure = !whose.isUnsure && !whose.isMixed && !isTold && whose.role === undefined;
  if (isSure || documented === "" || !["match", "differs"].includes(judged.kind)) return judged;
  const others: SqlResult[] = [];
  for (const one of whose.isMixed ? [] : results) {
    if (onlyReads(one.statement)) others.push(await probeElsewhere(one.statement, whose.role));
  }
  const isWhole = others.length === results.length;
  const print = (all: readonly SqlResult[]) => formatResults(all, display);
  const isOthers = isWhole && matchOutput(documented, others, display) !== undefined;
  const isSame = isWhole && print(others) === print(results);
  const isKnown = judged.kind === "match" ? isSame : isWhole && !isOthers;
  return isKnown ? judged : { kind: "unverified", text: judged.text, reason: MAY_BE_OTHERS };
}

/** Where a page shows a result, an error is not its new output, and is never written into the page. */
export function asError(judged: Judged, documented: string, results: readonly SqlResult[]): Judged {
  const failed = results.find(({ error }) => error && judged.text.includes(error.message))?.error;
  const isNew = judged.kind === "differs" && !/\b(?:error|fatal)\b/i.test(documented);
  return failed && isNew ? { kind: "error", text: judged.text, reason: notShown(failed) } : judged;
}

const notShown = ({ severity, message }: SqlError) =>
  `failed, and the page shows no error: ${severity}: ${message}`;

/** Finds the only result that has the header of a page's only table, where no other statement of the block failed. */
function resultOf(documented: string, results: readonly SqlResult[]): SqlResult | undefined {
  const tables = linesOf(documented).filter((line) => rule.test(line)).length;
  if (tables !== 1 || results.length < 2 || results.some(({ error }) => error)) return undefined;
  const [found, ...others] = results.filter((one) => hasHeader(documented, [one]));
  return others.length === 0 ? found : undefined;
}

/**
 * Compares one of several outputs of a block. Where there are as many as the block has results, each is of a result
 * of its own. Results with the same columns are shown in their order, and others in any.
 * @param taken the results that the outputs before it show
 */
export async function judgeOutput(
  played: Played,
  documented: string,
  context: BlockContext,
  isStrict: boolean,
  taken: Set<SqlResult>,
): Promise<Judged> {
  const judged = await judgeBlock(played, documented, context, isStrict);
  const shown = played.results.filter(({ columns, error }) => columns ?? error);
  const { outputs, part, display, isOfRepeat } = context;
  const isFurther = shown.length > 0 && part >= shown.length;
  if (judged.kind === "match" && isFurther && isOfRepeat) {
    return { kind: "unverified", text: judged.text, reason: SHOWN_ALREADY };
  }
  if (documented === "" || outputs < 2 || outputs > shown.length) return judged;
  const isEach = outputs === shown.length;
  const shows = (one: SqlResult) => matchOutput(documented, [one], display) !== undefined;
  const lastAlike = (one: SqlResult) =>
    shown.findLastIndex((other) => taken.has(other) && namesIn(other) === namesIn(one));
  const left = shown.filter((one, at) => (isEach ? !taken.has(one) : at >= lastAlike(one)));
  const firstAlike = (one = shown[part]) =>
    one && left.find((other) => namesIn(other) === namesIn(one));
  const found = left.find((one) => (!isEach || firstAlike(one) === one) && shows(one));
  if (found) taken.add(found);
  const isOfSeveral = judged.kind === "match" && !shown.some(shows);
  if (isOfSeveral || (judged.kind === "match" && found)) return judged;
  if (judged.kind !== "match" && (!isEach || judged.kind !== "differs")) return judged;
  const next = found ?? firstAlike(left.find(shows));
  if (next) taken.add(next);
  return judgeBlock({ ...played, results: next ? [next] : left }, documented, context, isStrict);
}

const namesIn = ({ columns }: SqlResult) => JSON.stringify(columns?.map(({ name }) => name));

/**
 * Judge errors that the page does not show. Each is one of the page, unless the page announces it, or it needs what
 * is not there.
 * @param isShown true for an error that an output of the page has
 */
async function judgeErrors(
  context: BlockContext,
  isShown: (error: SqlError) => boolean,
): Promise<Judged> {
  const { results, sql, prose, display, isSetup } = context;
  const text = formatResults(results, display);
  const isAlone = results.every(({ error }) => error); // syntax prints nothing else
  const failed = results.flatMap(({ statement, error, unknown }) =>
    error && !isShown(error) ? [{ statement, error, unknown }] : [],
  );
  const announced = announcedIn(sql, prose);
  let why: string | undefined;
  for (const [index, { statement, error, unknown }] of failed.entries()) {
    if (error.code === FAILED_TRANSACTION && index > 0) continue;
    const isPart = isAlone && isTemplate(error, statement);
    if (isSetup) {
      const reason = `setup failed: ${error.severity}: ${error.message}`;
      return { kind: "error", text, reason };
    }
    const reason = unknown ?? (isPart ? PART : await explainError(error, statement, context));
    if (reason === undefined && index >= announced) {
      return { kind: "error", text, reason: notShown(error) };
    }
    why ??= reason ?? AS_ANNOUNCED;
  }
  return why === undefined ? { kind: "match", text } : { kind: "unverified", text, reason: why };
}

/**
 * Look for a statement that failed in a block of which the page only shows other results.
 * @param shown all outputs of the block
 */
export async function unshownError(
  shown: string,
  context: BlockContext,
): Promise<Judged | undefined> {
  const letters = (part: string) => part.replace(/\s+/g, "");
  const all = letters(shown);
  const isShown = ({ code, message }: SqlError) =>
    code === FAILED_TRANSACTION || all.includes(letters(message));
  const judged = await judgeErrors(context, isShown);
  const isAnnounced = judged.kind === "unverified" && judged.reason === AS_ANNOUNCED;
  return judged.kind === "match" || isAnnounced ? undefined : judged;
}

const AS_ANNOUNCED = "it fails, as the page says.";

/** Words with which a page says that a statement fails. */
const failure =
  /\b(?:errors?|fail(?:s|ed|ure|ing)?|exceptions?|reject(?:s|ed)?|violat\w+|disallow\w*|not (?:be )?(?:allowed|permitted|possible|work)|won['’]t work|cannot|can['’]t|invalid|refus\w+|den(?:y|ies|ied)|attempt\w*)\b/i;

/** Words with which it says that none does. */
const noFailure =
  /\b(?:no|never|without|not|cannot|avoids?|prevents?|\w+n['’]t)\s+(?:(?:an?|any|the|further)\s+)?(?:errors?|fail(?:s|ed|ure|ing)?|exceptions?)\b/gi;

const announces = (text: string) => failure.test(text.replace(noFailure, ""));

/** Counts the errors that a page announces: in comments of the SQL, such as `-- ERROR: …`, or in the text around it. */
function announcedIn(sql: string, prose: string): number {
  if (announces(prose)) return Number.POSITIVE_INFINITY;
  const plain = replaceQuoted(sql, (text, kind) => (kind === "comment" ? text : "''"));
  const comments = plain.match(/--[^\n]*(?:\n[ \t]*--[^\n]*)*|\/\*[\s\S]*?\*\//g);
  return (comments ?? []).filter(announces).length;
}

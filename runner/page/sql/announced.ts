import type { SqlError } from "./sql-result.ts";

/** Words with which a page says that a statement fails. */
const failure =
  /\b(?:errors?|fail(?:s|ed|ure|ing)?|exceptions?|reject(?:s|ed)?|violat\w+|disallow\w*|not (?:be )?(?:allowed|permitted|possible|work)|won['’]t work|cannot|can['’]t|invalid|refus\w+|den(?:y|ies|ied)|attempt\w*)\b/i;

/** `-- ERROR: …`, with what is below it. */
const comment = /--[^\n]*(?:\n[ \t]*--[^\n]*)*/g;

/** What a page says about a failure that it shows no output of. */
export type Announced = "message" | "failure" | undefined;

/**
 * Look for what announces the errors of a block: its own comments, or the text around it.
 * @param sql the block, with its comments
 * @param prose the text around the block
 * @returns what is announced for each of the errors, in their order
 */
export function announcedIn(sql: string, prose: string, errors: readonly SqlError[]): Announced[] {
  const comments = sql.replace(/'(?:[^']|'')*'/g, "''").match(comment) ?? [];
  const written = sql.match(comment)?.map(lettersOf) ?? [];
  let left = comments.filter((text) => failure.test(text)).length;
  const isSaid = failure.test(prose);
  return errors.map(({ message }) => {
    if (left > 0) left--;
    else return isSaid ? "failure" : undefined;
    return written.some((text) => text.includes(lettersOf(message))) ? "message" : "failure";
  });
}

/** A comment may break a line. */
function lettersOf(text: string): string {
  return text.replace(/\n[ \t]*--/g, "").replace(/\s+/g, "");
}

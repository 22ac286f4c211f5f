import { changesRows, type Effect, effectOf } from "../shell/command-effects.ts";
import { tight } from "../sql/parse/split-statements.ts";

/** SQL that changes rows or tables, with the name of one. What has "..." in it shows a form. */
const sql =
  /^(?!.*(?:\.{3}|…))(?:INSERT\s+INTO|UPDATE\s+["\w.]+\s+SET|DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?|MERGE\s+INTO|DROP\s+(?:TABLE|VIEW|SCHEMA|TYPE|FUNCTION)|ALTER\s+TABLE)\s+["\w.]/i;

/** Code in backticks, and whether a text right before it says to run it. */
const inline =
  /(\b(?:run|running|rerun|execute|executing|type)\s+(?:the\s+command\s+)?)?`(?:\$ )?([^`\n]+)`/gi;

/**
 * Finds what only the text tells a reader to type: "Delete a row with `DELETE FROM …`". What a block has is known.
 * @param shown all blocks of the page, put together by `tight`
 * @param filesNow gives what the page has shown so far, by path
 */
export function typedInText(
  lines: readonly string[],
  shown: string,
  filesNow: () => ReadonlyMap<string, { readonly content: string }>,
): { readonly text: string; readonly effect: Effect }[] {
  return [...lines.join("\n").matchAll(inline)].flatMap(([, isAsked, text = ""]) => {
    if (shown.includes(tight(text))) return [];
    if (sql.test(text)) return { text, effect: changesRows };
    const isCommand = isAsked !== undefined && /^[\w./-]+\s+\S/.test(text);
    return isCommand ? { text, effect: effectOf(text, filesNow()) } : [];
  });
}

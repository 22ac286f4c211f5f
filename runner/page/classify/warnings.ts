import type { Block, Fate } from "../page.ts";

/** "Do not run this:", "The wrong way:" */
const forbids =
  /^[\s>*_-]*(?:please\s+)?(?:(?:(?:do\s+not|don['’]t|never)[\s*_]+(?:run|execute|do|use|type|try|send)|avoid)\s+(?:this|these|it|that|the following)|the wrong way)[\s*_]*(?:[:,;.—-]|$)/i;
/** "Do not write it like this:". "Don't forget this:" asks for it. */
const forbidsLike =
  /^[\s>*_-]*(?:please\s+)?(?:do\s+not|don['’]t|never|avoid)[\s*_]+(?!(?:forget|miss|skip|worry|omit|hesitate|lose|leave)\w*)\w+\s+(?:\S+\s+){0,3}?(?:like\s+(?:this|these|that|so)|this\s+way|this|these)[\s*_]*:[\s*_]*$/i;
/** "❌ Bad:", "**Wrong**". */
const condemns =
  /^[\s>*_-]*(?:[!?]{3}\+?\s*\w+\s+["'])?(?:[❌🚫👎⛔✗✘✖]|(?:the\s+)?(?:bad|wrong|incorrect|anti-?pattern|don['’]t|avoid|discouraged)(?:\s+(?:way|example|code|practice|version|approach|query|usage))?\s*[*_:"']*$)/iu;

/**
 * True for what a page shows to warn of it. What the author has marked is run.
 * @param before the block above
 */
export function isWarning(
  { sentence, heading, section, directives }: Block,
  { kind }: Fate,
  before: Block | undefined,
): boolean {
  const isDone = ["sql", "run", "file", "environment"].includes(kind);
  if (!isDone || Object.keys(directives).length > 0) return false;
  const isBelowHeading = sentence === "" && before?.section !== section;
  const text = isBelowHeading ? heading : sentence;
  return forbids.test(text) || forbidsLike.test(text) || condemns.test(text);
}

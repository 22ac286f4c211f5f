import {
  isCode,
  isOfNode,
  isOtherShell,
  isPlain,
  isShellLanguage,
  isSqlLanguage,
} from "../languages.ts";
import type { Block, Fate, ReadBlock } from "../page.ts";
import { runner } from "../shell/command-line.ts";
import { mayShowPrinted } from "../shell/prompts.ts";
import { beginsOutput, isTag } from "../sql/parse/psql-shapes.ts";
import { editIn } from "./edit-requests.ts";

/** A line, heading or label that only says what is below it. */
const alone =
  /^(?:(?:here is|this is|the|its|your|sample|example|expected|following)\s+)*(?:outputs?|results?)(?:\s+(?:is|are|will be|should be))?$/i;

/** A heading of an output: "Console output", "Result of the run". */
const heads = /\b(?:outputs?|results?)(?:\s+(?:of|in|on|from|after)\b.*)?$/i;

/** A line that ends in these words, and perhaps in a form such as "as JSON". */
const ending = /\b(?:outputs?|results?)(?:\s+(?:is|are))?:$/i;
const printing = /\b(?:outputs?|results?|prints?|printed|logs?|logged)\b[^.]*:$/i;
const showing =
  /\b(?:returns?|shows?|see|looks? like|gives?|gets?|got|yields?|produces?|displays?)\b[^.]*:$/i;

const isOnlyThat = (text: string) => alone.test(text.replace(/:$/, ""));

/** True for the label of a block that is an output. */
export function isOutputLabel(label: string): boolean {
  return alone.test(label.trim());
}

/** What says that a table is as the SQL above has left it. */
const changed = /\bnow\b[^.]*:$/i;

/** True for a line above a table that says that it is an output. */
export function announces(line: string): boolean {
  const text = plainText(line);
  return isOnlyThat(text) || [printing, showing, changed].some((one) => one.test(text));
}

/** What says that an output may be there, or that something else is: a condition, a form, a file that was written. */
const unsure =
  /^(?:but|and)?\s*(?:if|unless|otherwise|when there)\b|`[^`]+\.(?!(?:[cm]?[jt]sx?|py)`)\w+`/i;

/** True for a block below a command that shows what it prints: with no text between, or one that says so. */
export function isSurelyOutput({ above }: Block): boolean {
  const text = plainText(above);
  if (text === "" || isOnlyThat(text) || ending.test(text)) return true;
  const isAnnounced = printing.test(text) || showing.test(text.replace(/\blooks? like\b/i, ""));
  return isAnnounced && !unsure.test(text);
}

/** What says so where no command is above the block: "Run it again, and you get:". */
const promising =
  /\b(?:prints?|outputs?|logs|you(?:['’]ll| will| should| can)?(?: \w+)? (?:see|get))\b[^.]*:$/i;

/** True for a block that must be an output, whatever is above it. */
export function isPromised(block: Block): boolean {
  return isSurelyOutput(block) && promising.test(plainText(block.above));
}

/** Words for another time: "Run it again, and the number stays the same:", "After ten runs:". */
const repeating =
  /\b(?:again|anew|once|twice|times?|first|second|third|last|next|(?:re-?)?run(?:s|ning)?|repeat\w*|after\w*|then|now|still)\b[^.]*:$/i;

/** True for a block below a run, or its output, that may show what another run prints. */
export function isOfRepeat({ above }: { readonly above: string }): boolean {
  return repeating.test(plainText(above)) && editIn([above])?.isSure !== true;
}

/** True for a block whose text, or heading, only says that it is an output. */
export function isAlone({ above, heading }: Block): boolean {
  const text = plainText(above);
  return isOnlyThat(text) || (text === "" && alone.test(heading));
}

/**
 * Decides what a block is whose text announces an output.
 * @param kind of the block above it in its section
 * @returns undefined if nothing announces one
 */
export function announcedOutput(block: Block, kind: Fate["kind"]): Fate | undefined {
  const { above, heading, language } = block;
  const text = plainText(above);
  const isOutput = isAlone(block) || ending.test(text);
  const isBelowHeading = alone.test(heading) || (heads.test(heading) && isSurelyOutput(block));
  if (isPlain(language)) return isOutput || isBelowHeading ? { kind: "output" } : undefined;
  if (isAlone(block) || (isOutput && !isCode(language))) {
    const whyOfSql = `its form, ${language}, is not compared with SQL`;
    return language === "json" ? { kind: "output" } : { kind: "output", whyOfSql };
  }
  const namesFile = /`[^`]+\.\w+`/.test(text);
  const isTold = kind === "run" && text !== "" && isSurelyOutput(block);
  const isShown = isCode(language) ? isTold : showing.test(text);
  const mayBe = language !== "diff" && (printing.test(text) || isShown);
  const isBelow = ["run", "command", "sql", "session", "continued", "output"].includes(kind);
  if (!isBelow || (!isOutput && (!mayBe || namesFile))) return undefined;
  return uncertainOutput(block);
}

/** What is below a command in a language that code may have, too. */
export function uncertainOutput(block: Block): Extract<Fate, { kind: "output" }> {
  if (!isCode(block.language)) {
    return { kind: "output", why: "nothing says for certain that it is an output" };
  }
  return { kind: "output", why: "it may be code, and not an output", mayBeCode: true };
}

/** True for a plain block right below the output of a run. */
export function isBelowOutput(block: Block, placed: readonly ReadBlock[]): boolean {
  const { language, above, section, directives, tab } = block;
  if (!isPlain(language) || above !== "" || Object.keys(directives).length > 0) return false;
  const last = placed.at(-1);
  const isOutput = ({ fate }: ReadBlock) =>
    fate.kind === "output" || (fate.kind === "environment" && fate.whyOutput !== undefined);
  const source = placed.findLast((one) => !isOutput(one));
  const isOfRun = last !== undefined && isOutput(last) && source?.fate.kind === "run";
  return isOfRun && last.block.section === section && last.block.tab?.label === tab?.label;
}

/** A program may print more than its first output, whatever it looks like. */
export function asSecondOutput(block: Block, fate: Fate, next: Block | undefined): Fate {
  if (fate.kind === "environment") return { ...fate, whyOutput: "it may be a second output" };
  const isUnsent = fate.kind === "sql" && !hasOwnOutput(block, next);
  if (fate.kind !== "none" && !isUnsent) return fate;
  const mayBeCode = fate.kind === "none" && fate.mayBeCode;
  return { ...uncertainOutput(block), ...(mayBeCode && { mayBeCode }) };
}

/** True for SQL with a plain block right below it. */
export function hasOwnOutput({ section }: Block, next: Block | undefined): boolean {
  return next?.section === section && next.above === "" && isPlain(next.language);
}

/** A comment, and the code before it. */
const commented = /^(.*?)(?:^|\s)(?:(?:#|--)(?=[\s=])|\/\/)\s*(\S.*?)\s*$/;
const arrow = /^(?:[-=]+>|→|⇒)/;
/** Words before a value: `returns 4`, `prints Total: 4`. */
const told =
  /^(?:(?:it|this)\s+)?(?:returns?|prints?|outputs?|logs?|gives?|yields?|shows?)\s+(?:[\w ]+:\s+)?/i;
/** What a comment behind a line, or below one, only has if it shows what that prints. */
const value =
  /^(?:[-+]?\d[\d.,:/ -]*%?|true|false|[tf]|null|'[^']*'|"[^"]*"|\{.*\}|\[(?!!).*\]|\(?\d+ rows?\)?|(?:ERROR|FATAL|NOTICE|WARNING): .*)$/i;
/** A command below the prompt of root, which is also the sign of a comment. */
const rootCommand = new RegExp(`^\\s*#\\s+(?:${runner}\\s+\\S+\\.\\w+|psql\\s+-)`);

/** The prompt of Python, IPython or Ruby. That of Node.js is other things elsewhere. */
const typed = /^(?:>>>|In \[\d+\]:|irb\S*>)(?:\s|$)/;
const typedInNode = /^>\s/;

/** True where a line below such a prompt is not typed. */
function isTyped(lines: readonly string[], language: string): boolean {
  const prompt = isOfNode(language) && typedInNode.test(lines[0] ?? "") ? typedInNode : typed;
  const first = lines.findIndex((line) => prompt.test(line));
  const isPrinted = (line: string) => !prompt.test(line) && !/^\s*(?:\.\.\.|$)/.test(line);
  return first >= 0 && lines.slice(first).some(isPrinted);
}

/** True for an output, and for what has its outputs in the same block. */
export function showsOutput(fate: Fate): boolean {
  const typed = "unrun" in fate ? fate.unrun.map(({ printed }) => printed) : [];
  const printed = fate.kind === "run" ? (fate.printed ?? []) : [];
  const isShown = [...typed, ...printed].some((one) => one !== undefined);
  return isShown || fate.kind === "output" || fate.kind === "session";
}

/**
 * Looks for outputs in a block that is something else: in comments, and below what is not read as a session.
 * @returns why a part of it may be an output, in part of a sentence
 */
export function hiddenOutput(block: Block, fate: Fate): string | undefined {
  if ("whyOutput" in fate) return fate.whyOutput;
  const { isIgnored, isSetup } = block.directives;
  if (isIgnored || isSetup || fate.kind === "environment" || showsOutput(fate)) return undefined;
  const { language, content } = block;
  const lines = content.split("\n");
  const showsIn = (line: string, at: number) => {
    const [, code = "", text = ""] = commented.exec(line) ?? [];
    const isBelow = `${code}${lines[at - 1] ?? ""}`.trim() !== "";
    return (
      arrow.test(text) ||
      alone.test(/^(.*):/.exec(text)?.[1] ?? "") ||
      (isBelow && value.test(text.replace(told, "")))
    );
  };
  if (lines.some(showsIn)) return "a comment in it may show an output";
  const isOfShell = isShellLanguage(language) || isOtherShell(language);
  const isConsole = isPlain(language) || isOfShell || isSqlLanguage(language);
  const begins = (line: string, at: number) => beginsOutput(lines, at) && !isTag(line);
  const isPrompted = rootCommand.test(content) || (isOfShell && mayShowPrinted(content));
  const isShown = isConsole && (lines.some(begins) || isPrompted);
  return isShown || isTyped(lines, language) ? "a part of it may be an output" : undefined;
}

/** Leaves out what Markdown does not show: emphasis, tags, and the name of a box such as `!!! note`. */
function plainText(above: string): string {
  return above.replace(/<[^>]*>|^[!?]{3}\+?\s+\w+|[*_"]/g, "").trim();
}

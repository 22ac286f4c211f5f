import { isCode, isPlain, isSqlLanguage } from "../languages.ts";
import type { Block, Fate, ReadBlock } from "../page.ts";
import {
  announcedOutput,
  asSecondOutput,
  hasOwnOutput,
  isAlone,
  isBelowOutput,
  isOfRepeat,
  isOutputLabel,
  isPromised,
  isSurelyOutput,
  uncertainOutput,
} from "../read/announced-output.ts";
import { hasHeaderOf, wordsIn } from "../read/bare-tables.ts";
import type { RefuseAt } from "../read/directives.ts";
import { mayChangeRows } from "../shell/command-effects.ts";
import { isPrompted, isShell, mayBePrompted, mayShowPrinted } from "../shell/prompts.ts";
import { asOtherWay, commandFate, filesUsedIn, type KnownFiles } from "../shell/shell-block.ts";
import { isInAnotherShell } from "../shell/shell-variables.ts";
import { isPsqlOutput } from "../sql/parse/psql-shapes.ts";
import { hasPrompt, readSession } from "../sql/parse/read-session.ts";
import {
  environmentIn,
  isSql,
  labelOf,
  leavesPsql,
  linesOfQuery,
  mayBeSession,
  mayBeTyped,
  runsFile,
} from "./block-shapes.ts";
import { directedFate, refuseMisplaced, volatileFate } from "./directed-fate.ts";
import {
  afterEdit,
  fileFate,
  fileInFirstLine,
  fileInSentence,
  isFileName,
  isPartOf,
  mentionedIn,
  normalPath,
  quotedIn,
  type ShownFile,
  shownAgain,
  withHeading,
} from "./file-sentence.ts";
import { mayBePrinted } from "./printed-files.ts";
import { isWarning } from "./warnings.ts";

/**
 * Decides what each block of a page is to a reader who follows it: directives and labels come first, then
 * what the content shows, then the text around it.
 */
export function classify(blocks: readonly Block[], refuse: RefuseAt): ReadBlock[] {
  const files = new Map<string, ShownFile>();
  const used = new Set(blocks.flatMap(filesUsedIn));
  const known: KnownFiles = { files, used, folder: "" };
  const read: ReadBlock[] = [];
  /** Without the tables that are apart. */
  const placed: ReadBlock[] = [];
  const words = new Set<string>();
  const hasTable = blocks.some(({ isTable }) => isTable);
  const isKnown = (name: string) => files.has(name) || used.has(name);
  for (const [index, shown] of blocks.entries()) {
    let block = withHeading(shown, placed.at(-1)?.block, isKnown);
    const source = block.isTable
      ? placed.findLast(({ fate }) => fate.kind !== "output")
      : undefined;
    if (block.isTable && (block.isApart || !isBelowSql(source) || source !== placed.at(-1))) {
      if (!hasHeaderOf(block, words) && block.above === "") {
        // A directive only fits an output.
        if (Object.keys(block.directives).length > 0) refuse(block.line + 1, NO_OUTPUT);
        continue;
      }
      if (!isBelowSql(source)) block = { ...block, isApart: true };
    }
    if (block.isApart) {
      read.push({ block, fate: directedFate(block, refuse) ?? { kind: "output", why: APART } });
      continue;
    }
    if (hasTable && !block.isTable) for (const word of wordsIn(block.content)) words.add(word);
    let fate =
      directedFate(block, refuse) ??
      volatileFate(
        block,
        fateOf(block, known, source ?? aboveOutputs(placed, block), blocks[index + 1]),
        refuse,
      );
    refuseMisplaced(block, fate, refuse);
    if (isWarning(block, fate, placed.at(-1)?.block)) fate = warnedOf(block, fate);
    fate = asOtherWay({ block, fate }, placed) ?? fate;
    if (fate.kind === "file" || fate.kind === "sql") {
      if (fate.kind === "file" && isPartOf(block, files.get(fate.path)))
        fate = { ...fate, kind: "part" };
      else block = { ...block, content: afterEdit(block) };
    }
    if (isBelowOutput(block, placed)) fate = asSecondOutput(block, fate, blocks[index + 1]);
    fate = mayBePrinted({ block, fate }, placed, known, blocks);
    if (fate.kind === "file") {
      const { language, content } = block;
      const { folder = "" } = known;
      const before = files.get(fate.path)?.folder ?? folder;
      if (isBeside(before, folder)) fate = { ...fate, folders: [before, folder] };
      files.delete(fate.path);
      files.set(fate.path, { group: block.tab?.group, language, content, folder });
    }
    read.push({ block, fate });
    placed.push({ block, fate });
  }
  return read;
}

/** True for two folders of which none is in the other. */
function isBeside(one: string, other: string): boolean {
  const isIn = (inner: string, outer: string) =>
    outer === "" || `${inner}/`.startsWith(`${outer}/`);
  return !isIn(one, other) && !isIn(other, one);
}

/** Why a table that is not right below SQL, or below an output of it, is not compared. */
const APART = "nothing says that the table is an output of the SQL above it";

/** For a directive in the wrong place. */
export const NO_OUTPUT = "A directive is before this table, which is not an output.";

/** True where a table may be an output: below SQL, be it one that is not sent. */
function isBelowSql(above: ReadBlock | undefined): boolean {
  const kind = above?.fate.kind ?? "none";
  if (kind === "file" || kind === "none") return isSqlLanguage(above?.block.language ?? "");
  return ["sql", "session", "continued", "command"].includes(kind);
}

/** The last block; above the outputs of several commands, or of other tabs, the block of the commands. */
function aboveOutputs(read: readonly ReadBlock[], { tab }: Block): ReadBlock | undefined {
  const at = read.findLastIndex(({ fate }) => fate.kind !== "output");
  const before = read[at];
  const outputs = read.slice(at + 1);
  const isLonger = before?.fate.kind === "run" && before.fate.commands.length > outputs.length;
  const isInTabs = tab && outputs.every(({ block }) => block.tab?.group === tab.group);
  return isLonger || isInTabs ? before : read.at(-1);
}

/** @param next the block below it */
function fateOf(
  block: Block,
  known: KnownFiles,
  previous: ReadBlock | undefined,
  next: Block | undefined,
): Fate {
  const { files, used } = known;
  if (block.isTable) {
    const isUnsent = ["file", "none"].includes(previous?.fate.kind ?? "");
    const why = isUnsent ? "the SQL above it is not sent" : block.uncompared;
    return { kind: "output", ...(why !== undefined && { why }) };
  }
  const kind = previous?.block.section === block.section ? previous.fate.kind : "none";
  const isBelowCommand = kind === "run" || kind === "command";
  const isSure = isSurelyOutput(block);
  const label = labelOf(block);
  if (label !== undefined && isOutputLabel(label)) return { kind: "output" };
  if (isBelowCommand && isOutputLabel(label?.replace(/\.\w+$/, "") ?? "")) {
    return { kind: "output", isGuess: true };
  }
  const isText = isPlain(block.language);
  const isPrinted = kind === "run" && isText && isSure;
  // Whatever it looks like: SQL that a program logs, a tree, variables.
  if (label === undefined && isPrinted && (isAlone(block) || !mayBeTyped(block))) {
    return { kind: "output" };
  }
  const named = label !== undefined && isFileName(label) ? label : undefined;
  const file = named === undefined ? undefined : fileFate(named, "file");
  const variables = environmentIn(block.content);
  if (variables && file?.kind !== "none" && !isPrinted) {
    const [first = ""] = block.content.split("\n", 1);
    const env = /^\s*#\s*(\.env[\w.]*)\s*$/.exec(first) ?? /`(\.env[\w.]*)`/.exec(block.above);
    const path = named ?? env?.[1];
    return { kind: "environment", variables, path: path && normalPath(path) };
  }
  if (file) return file;

  if (isPsqlOutput(block.content)) {
    const isElsewhere = previous?.fate.kind === "run" && !(isSure && isBelowCommand);
    return { kind: "output", ...(isElsewhere && !isAlone(block) && { isGuess: true }) };
  }
  if (/^[│\s]*[├└]─+ \S/m.test(block.content)) return none("it shows a tree of files");
  if (/^\s*(?:```|~~~)/m.test(block.content)) return none("it shows other blocks");
  const repeats = previous && linesOfQuery(block, previous);
  if (repeats !== undefined) return { kind: "output", repeats };
  if (mayBeSession(block)) {
    const parts = readSession(block.content);
    if (parts) return { kind: "session", parts };
    if (hasPrompt(block.content)) {
      return notRun(block, "it is a session of psql without outputs", mayChangeRows(block));
    }
  }
  if (isText && leavesPsql.test(block.content)) return notRun(block, "it leaves psql");
  if (isSql(block)) {
    const saved = fileInSentence(block.above, files);
    if (saved?.kind === "file" && used.has(saved.path)) return saved;
    // A query builder, or a log, prints SQL, and psql does not.
    const isOfProgram =
      previous?.fate.kind === "run" &&
      previous.fate.commands.some(({ program }) => program !== "psql");
    const isBelow = kind === "run" && isOfProgram && (block.above === "" || isPromised(block));
    if (isBelow && !hasOwnOutput(block, next)) return uncertainOutput(block);
    return { kind: "sql" };
  }
  if (isShell(block)) {
    const isElsewhere = isInAnotherShell(`${block.heading}\n${block.sentence}`);
    if (isElsewhere && known.folder !== "") known.folder = undefined;
    const fate = commandFate(block, known);
    const isOutput = fate.kind === "command" && !isPrompted(block.content) && isAlone(block);
    if (isOutput) return { kind: "output" };
    const isUnknown = fate.kind === "command" && fate.unrun.some(({ effect }) => effect.isUnknown);
    const isTold = block.above !== "";
    const mayPrint = kind === "run" && isSure && (isTold || block.tab === undefined);
    if (isUnknown && !isPrompted(block.content) && mayPrint) {
      const unrun = fate.unrun.map((one) => ({
        ...one,
        effect: { ...one.effect, mayWrite: one.effect.mayWrite && !isTold },
      }));
      return { ...fate, unrun, whyOutput: "it may be a command, and not an output" };
    }
    if (fate.kind !== "command" || isPrompted(block.content) || !isText) return fate;
  }
  const isTyped = isText && runsFile.test(block.content);
  const fate = isTyped ? commandFate(block, { ...known }) : undefined;
  const lines = fate?.kind === "run" ? fate.whyOutput : undefined;
  if (lines !== undefined || (isText && mayBePrompted(block.content))) {
    const whyOutput = lines ?? (mayShowPrinted(block.content) ? BEHIND_SIGN : undefined);
    const fate = notRun(block, "it may be a command with its output", true);
    return { ...fate, ...(whyOutput !== undefined && { whyOutput }) };
  }
  const again = isText ? undefined : shownAgain(block, files);
  if (again?.kind === "file") return again;
  const sentence = isText ? undefined : fileInSentence(block.above, files);
  if (sentence) return sentence;
  const mentioned = isText ? undefined : mentionedIn(block);
  const isInNextTab =
    block.tab !== undefined && files.get(mentioned ?? "")?.group === block.tab.group;
  const isNew = mentioned !== undefined && (!files.has(mentioned) || isInNextTab);
  if (isNew && used.has(mentioned)) return fileFate(mentioned, "file");
  const commented = fileInFirstLine(block.content);
  if (commented !== undefined) return fileFate(commented, "file");
  if (again) return again;

  const quoted =
    isText || block.above === "" || isAlone(block) ? undefined : quotedIn(block, files);
  if (quoted !== undefined) return none(`it is in ${quoted} already`);
  const announced = announcedOutput(block, kind);
  if (announced) return announced;
  const isBelowSql = ["sql", "session", "continued"].includes(kind);
  const isLikeOutput =
    isText || block.language === "json" || (block.above === "" && !isCode(block.language));
  if (isBelowSql && isLikeOutput) return { kind: "output", isGuess: true };
  if (isBelowCommand && isText) return { kind: "output", isGuess: !isSure };
  const isInOtherTab = previous?.block.tab?.label !== block.tab?.label;
  const isRightBelow = isBelowCommand && block.above === "";
  if (!isText && !isInOtherTab && (isRightBelow || kind === "run")) {
    return uncertainOutput(block);
  }
  if (isText && isPromised(block)) return uncertainOutput(block);
  if (!isText) return { ...none("the page does not name its file"), mayBeCode: true };
  const mayBeCode = [...files.values()].some(({ language }) => language === block.language);
  const isBelowRun = kind === "output" || isBelowCommand || isBelowSql;
  if (isBelowRun && isOfRepeat(block)) return { ...uncertainOutput(block), mayBeCode };
  return { ...none("nothing says that it is an output"), mayBeCode };
}

/** A reader may do what the page warns of, or not. */
function warnedOf(block: Block, fate: Fate): Fate {
  const why = "the text above it says not to do it";
  const path = fate.kind === "file" || fate.kind === "environment" ? fate.path : undefined;
  if (path !== undefined) return { kind: "part", path, isWarning: true };
  return fate.kind === "environment" ? none(why) : notRun(block, why, true);
}

const BEHIND_SIGN = "a part of it may be what a command prints";

function notRun(
  { content }: Block,
  why: string,
  isUnknown = false,
): Extract<Fate, { kind: "command" }> {
  const effect = { prints: false, files: [], mayWrite: false, isUnknown };
  return { kind: "command", why, lines: [], unrun: [{ text: content, effect, at: 0 }] };
}

function none(why: string): Extract<Fate, { kind: "none" }> {
  return { kind: "none", why };
}

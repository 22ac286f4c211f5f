import { labelLine } from "../verify/page-lines.ts";
import {
  announcedOutput,
  isAlone,
  isCode,
  isOutputLabel,
  isPromised,
  isSurelyOutput,
  mayBePrinted,
  plain,
  uncertainOutput,
} from "./announced-output.ts";
import { APART, hasHeaderOf, isApart, wordsIn } from "./bare-tables.ts";
import { mayChangeRows } from "./command-effects.ts";
import { noWords } from "./command-line.ts";
import type { RefuseAt } from "./directives.ts";
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
import type { Block, Fate, PageCommand, ReadBlock } from "./page.ts";
import { commandFate, filesUsedIn, isPrompted, isShell, type KnownFiles } from "./shell-block.ts";
import { isPsqlOutput, isSqlLanguage, sqlNames } from "./sql/psql-shapes.ts";
import { hasPrompt, readSession } from "./sql/read-session.ts";
import { tight } from "./sql/split-statements.ts";

/**
 * Decides what each block of a page is to a reader who follows it: directives and labels come first, then
 * what the content shows, then the text around it.
 */
export function classify(blocks: readonly Block[], refuse: RefuseAt): ReadBlock[] {
  const files = new Map<string, ShownFile>();
  const used = new Set(blocks.flatMap(filesUsedIn));
  const known = { files, used, folder: "" };
  const read: ReadBlock[] = [];
  /** Without the tables that are apart. */
  const placed: ReadBlock[] = [];
  const words = new Set<string>();
  const hasTable = blocks.some(({ isTable }) => isTable);
  const isKnown = (name: string) => files.has(name) || used.has(name);
  for (const shown of blocks) {
    let block = withHeading(shown, placed.at(-1)?.block, isKnown);
    const source = block.isTable
      ? placed.findLast(({ fate }) => fate.kind !== "output")
      : undefined;
    if (block.isTable && (isApart(block) || !isBelowSql(source) || source !== placed.at(-1))) {
      if (!hasHeaderOf(block, words) && block.above === "") {
        // A directive only fits an output.
        if (Object.keys(block.directives).length > 0) refuse(block.line + 1, NO_OUTPUT);
        continue;
      }
      if (!isBelowSql(source)) block = { ...block, uncompared: APART };
    }
    if (isApart(block)) {
      read.push({ block, fate: directedFate(block, refuse) ?? { kind: "output", why: APART } });
      continue;
    }
    if (hasTable && !block.isTable) for (const word of wordsIn(block.content)) words.add(word);
    let fate =
      directedFate(block, refuse) ??
      volatileFate(block, fateOf(block, known, source ?? aboveOutputs(placed, block)), refuse);
    refuseMisplaced(block, fate, refuse);
    if (fate.kind === "file" || fate.kind === "sql") {
      if (fate.kind === "file" && isPartOf(block, files.get(fate.path)))
        fate = { ...fate, kind: "part" };
      else block = { ...block, content: afterEdit(block) };
    }
    if (fate.kind === "file") {
      files.delete(fate.path);
      const { language, content } = block;
      files.set(fate.path, { group: block.tab?.group, language, content });
    }
    read.push({ block, fate });
    placed.push({ block, fate });
  }
  return read;
}

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

/** What a directive says that a block is. */
function directedFate(block: Block, refuse: RefuseAt): Fate | undefined {
  const { isIgnored, file, isContinued, isScript } = block.directives;
  if (isIgnored) return none("a directive says so");
  if (block.uncompared && !block.isTable) return { kind: "output", why: block.uncompared };
  if (isContinued) return { kind: "continued" };
  if (isScript) return scriptFate(block, refuse);
  if (file === undefined) return undefined;
  const fate = fileFate(file, "file");
  const variables = environmentIn(block.content);
  if (fate.kind !== "file" || !variables) return fate;
  return { kind: "environment", variables, path: fate.path };
}

/** What varies is an output, or a block that shows its outputs itself. */
function volatileFate(block: Block, fate: Fate, refuse: RefuseAt): Fate {
  if (!block.directives.volatile || fate.kind === "session") return fate;
  const isRun = fate.kind === "run";
  if (isRun && fate.printed?.some((one) => one !== undefined)) return fate;
  if (!isRun && !(fate.kind === "sql" && sqlStart.test(block.content))) return { kind: "output" };
  const what = isRun ? "a command" : "SQL";
  return refuse(block.line, `"volatile" goes before an output. This block is ${what}.`);
}

/** What runs a block as a program of its own, by its language. The ending lets it use `await`. */
const scripts = new Map<string, readonly [PageCommand["program"], string]>([
  ["python", ["python", "py"]],
  ["py", ["python", "py"]],
  ["js", ["node", "js"]],
  ["mjs", ["node", "mjs"]],
  ["javascript", ["node", "js"]],
  ["ts", ["tsx", "mts"]],
  ["typescript", ["tsx", "mts"]],
]);

function scriptFate({ language, line }: Block, refuse: RefuseAt): Fate {
  if (sqlNames.has(language)) return { kind: "sql" };
  const [program, ending] = scripts.get(language) ?? [];
  if (!program) {
    const known = ["sql", ...scripts.keys()].join(", ");
    return refuse(line, `"run" cannot run the language "${language}". It runs: ${known}.`);
  }
  const file = `line-${line + 1}.${ending}`;
  const command = { program, file, ...noWords, text: `the block in line ${line + 1}` };
  return { kind: "run", commands: [command], lines: [], unrun: [], script: file };
}

function refuseMisplaced({ line, directives }: Block, { kind }: Fate, refuse: RefuseAt): void {
  const { exitCode, isSetup, isIgnored } = directives;
  if (isIgnored) return;
  if (exitCode !== undefined && kind !== "run") {
    refuse(line, '"exit" goes before a command that runs a file of the page. This block has none.');
  }
  if (isSetup && !["run", "sql", "session"].includes(kind)) {
    refuse(line, '"setup" goes before SQL, or a command that runs a file of the page.');
  }
}

function fateOf(block: Block, known: KnownFiles, previous: ReadBlock | undefined): Fate {
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
  const isPlain = plain.has(block.language);
  const isPrinted = kind === "run" && isPlain && isSure;
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
  if (isPlain && leavesPsql.test(block.content)) return notRun(block, "it leaves psql");
  if (isSql(block)) {
    const saved = fileInSentence(block.above, files);
    return saved?.kind === "file" && used.has(saved.path) ? saved : { kind: "sql" };
  }
  if (isShell(block, isPlain)) {
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
    if (fate.kind !== "command" || isPrompted(block.content) || !isPlain) return fate;
  }
  if (isPlain && runsFile.test(block.content)) {
    const fate = commandFate(block, { ...known });
    if (fate.kind === "run" && fate.whyOutput !== undefined) {
      return {
        ...notRun(block, "it may be a command with its output", true),
        whyOutput: fate.whyOutput,
      };
    }
  }
  const again = isPlain ? undefined : shownAgain(block, files);
  if (again?.kind === "file") return again;
  const sentence = isPlain ? undefined : fileInSentence(block.above, files);
  if (sentence) return sentence;
  const mentioned = isPlain ? undefined : mentionedIn(block);
  const isInNextTab =
    block.tab !== undefined && files.get(mentioned ?? "")?.group === block.tab.group;
  const isNew = mentioned !== undefined && (!files.has(mentioned) || isInNextTab);
  if (isNew && used.has(mentioned)) return fileFate(mentioned, "file");
  const commented = fileInFirstLine(block.content);
  if (commented !== undefined) return fileFate(commented, "file");
  if (again) return again;

  const quoted =
    isPlain || block.above === "" || isAlone(block) ? undefined : quotedIn(block, files);
  if (quoted !== undefined) return none(`it is in ${quoted} already`);
  const announced = announcedOutput(block, isPlain, kind);
  if (announced) return announced;
  const isBelowSql = ["sql", "session", "continued"].includes(kind);
  const isLikeOutput =
    isPlain || block.language === "json" || (block.above === "" && !isCode(block));
  if (isBelowSql && isLikeOutput) return { kind: "output", isGuess: true };
  if (isBelowCommand && isPlain) return { kind: "output", isGuess: !isSure };
  const isInOtherTab = previous?.block.tab?.label !== block.tab?.label;
  const isRightBelow = isBelowCommand && block.above === "";
  if (!isPlain && !isInOtherTab && (isRightBelow || (kind === "run" && mayBePrinted(block)))) {
    return uncertainOutput(block);
  }
  if (isPlain && isPromised(block)) return uncertainOutput(block);
  if (!isPlain) return { ...none("the page does not name its file"), mayBeCode: true };
  const mayBeCode = [...files.values()].some(({ language }) => language === block.language);
  return { ...none("nothing says that it is an output"), mayBeCode };
}

/** What a reader may type below a run: commands, a session, what is only for psql, or SQL that the text asks for. */
function mayBeTyped(block: Block): boolean {
  const { content, above } = block;
  const isOfPsql = ofPsql.test(content.trimEnd()) || leavesPsql.test(content);
  const isSent = isSql(block) && /\b(?:run|execute|send|try|enter|use)\b/i.test(above);
  return isShell(block, true) || hasPrompt(content) || isOfPsql || isSent;
}

/** A session shows its outputs itself. With prompts, a language such as `bash` is often guessed. */
function mayBeSession(block: Block): boolean {
  if (sqlNames.has(block.language) || plain.has(block.language)) return true;
  return isShell(block, false) && hasPrompt(block.content);
}

/** Counts the lines with which an output repeats the query above it. It is not sent again. */
function linesOfQuery({ content }: Block, { block, fate }: ReadBlock): number | undefined {
  if (fate.kind !== "sql") return undefined;
  const [part, other] = readSession(content) ?? [];
  const isSame = part && !other && tight(part.sql) === tight(block.content);
  return isSame ? part.first : undefined;
}

/** A command without a prompt. */
const runsFile = /^\s*(?:node|python3?|npx|tsx|psql)\s/;
const ofPsql = /^(?:\s*\\[A-Za-z?]\S*(?:[^\S\n].*)?(?:\n|$))+$/;
const leavesPsql = /^\s*(?:exit|quit|\\q);?\s*$/;
const sqlStart =
  /^(?:\s|--.*\n)*(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|WITH|BEGIN|COMMIT|ROLLBACK|TRUNCATE|GRANT|REVOKE|EXPLAIN|VALUES|MERGE|SET|SHOW|RESET|REFRESH|CALL|DO|FETCH|DECLARE|ANALYZE|VACUUM|COMMENT|COPY|PREPARE|EXECUTE|DEALLOCATE|TABLE|START|SAVEPOINT|RELEASE|LISTEN|NOTIFY|LOCK|REINDEX)\b[\s\S]*;\s*(?:--.*\s*)*$/i;

function isSql({ language, content }: Block): boolean {
  const isOfPsql = ofPsql.test(content.trimEnd());
  return sqlNames.has(language) || (plain.has(language) && (isOfPsql || sqlStart.test(content)));
}

/** `title="x"`, `filename=x`, `[label x]` and `[secondary_label Output]`, in the info or the first line. */
function labelOf({ info, content }: Block): string | undefined {
  const titled = /\b(?:title|filename|file)=(?:"([^"]*)"|'([^']*)'|(\S+))/.exec(info);
  const text = titled?.[1] ?? titled?.[2] ?? titled?.[3];
  if (text !== undefined) return text.trim();
  return labelLine.exec(content)?.[1]?.trim();
}

/** Reads a block in which every line is `KEY=value`. */
function environmentIn(content: string): Map<string, string> | undefined {
  const lines = content.split("\n").filter((line) => line.trim() && !/^\s*[#[]/.test(line));
  const pairs = lines.map((line) =>
    /^\s*(?:export\s+)?([A-Z_][A-Z0-9_]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|(\S*))\s*(?:#.*)?$/.exec(
      line,
    ),
  );
  if (pairs.length === 0 || pairs.some((pair) => !pair)) return undefined;
  return new Map(pairs.map((pair) => [pair?.[1] ?? "", pair?.[2] ?? pair?.[3] ?? pair?.[4] ?? ""]));
}

function notRun(
  { content }: Block,
  why: string,
  isUnknown = false,
): Extract<Fate, { kind: "command" }> {
  const effect = { prints: false, files: [], mayWrite: false, isUnknown };
  return { kind: "command", why, unrun: [{ text: content, effect, at: 0 }] };
}

function none(why: string): Extract<Fate, { kind: "none" }> {
  return { kind: "none", why };
}

import type { ShownFile } from "../classify/file-sentence.ts";
import { isCmd, isCode, isOtherShell } from "../languages.ts";
import type { Block, Fate, PageCommand, ReadBlock, Stretch, UnrunCommand } from "../page.ts";
import { anything, effectOf } from "./command-effects.ts";
import {
  fileOf,
  hereDocument,
  type KnownNames,
  needsShell,
  quoted,
  readCommandLine,
  splitCommands,
  substitutedIn,
} from "./command-line.ts";
import { type Folder, folderAfter } from "./folders.ts";
import { isPrompted, isShell, promptIn, promptOf } from "./prompts.ts";

/** A line that begins or ends what is more than one command: a loop, a condition. */
const control =
  /^\s*(?:for|while|until|if|case|select|function)\b.*(?:;\s*)?(?:\bdo|\bthen|\bin|\{|\))?\s*$/;

interface Piece {
  readonly text: string;
  readonly printed?: Stretch | undefined;
}

/** What a page has shown so far, to a reader of its next block. */
export interface KnownFiles {
  /** What the page has shown so far. */
  readonly files: ReadonlyMap<string, ShownFile>;
  /** What commands run. SQL that is saved as another is sent at once; a file that is only mentioned is one of these. */
  readonly used: ReadonlySet<string>;
  /** Where the commands so far have led. */
  folder: Folder;
}

const LINES_BELOW = "the lines below a command in it may be what it prints";

/** Decides what a block of commands is, and goes to the folder to which they lead. */
export function commandFate(block: Block, known: KnownFiles): Fate {
  const { files } = known;
  const shown = block.content.replace(/\n$/, "").split("\n");
  const isSession = isPrompted(block.content);
  const lines = isSession
    ? typedIn(shown, promptOf(block.content))
    : typedLines(shown, block.language);
  const opens = isSession ? -1 : lines.findIndex(({ text }) => isOpen(text));
  const isProgram = opens >= 0 || (!isSession && lines.some(({ text }) => control.test(text)));
  const pieces: Piece[] = isProgram
    ? [{ text: block.content.trim() }]
    : lines.flatMap(({ text, printed }) => splitCommands(text).map((text) => ({ text, printed })));
  const prepares: { text: string; at: number }[] = [];
  const commands: PageCommand[] = [];
  const printedBy: (Stretch | undefined)[] = [];
  const unrun: UnrunCommand[] = [];
  let isEndless = false;
  let hasLeft = false;
  let reason: string | undefined;
  if (isSession && /[/\\]\w|git:/.test(promptIn(block.content))) known.folder = undefined;
  const paths = [...files.keys()];
  for (const { text, printed } of pieces) {
    known.folder = folderAfter(text, known.folder, (folder) =>
      paths.some((path) => path.startsWith(`${folder}/`)),
    );
    const read = readCommandLine(text, files, known.folder);
    const at = commands.length;
    const isLost =
      read.kind === "run" && known.folder === undefined && isOneOf(read.command, paths);
    if (read.kind === "run" && !isLost && !hasLeft) {
      commands.push(read.command);
      printedBy.push(printed);
      continue;
    }
    const isTyped = read.kind === "preparation" && !runsScript(text, files);
    const effects = isTyped
      ? substitutedIn(text).map((one) => ({ ...effectOf(one, files), prints: false }))
      : [isLost || hasLeft || read.kind === "preparation" ? anything : effectOf(text, files)];
    if (isTyped) prepares.push({ text, at });
    for (const effect of effects)
      if (!isTyped || effect.isUnknown) unrun.push({ text, effect, at, printed });
    isEndless ||= read.kind === "endless";
    if (isLost) reason = "its folder is not known, and the page has its file in two";
    if (hasLeft) reason = "it comes after the end of the shell, or is for another machine";
    hasLeft ||= !isSession && /^(?:(?:exit|logout)\b|ssh\s+(?:-\S+\s+)*\S+$)/.test(text);
  }
  if (commands.length > 0) {
    const mayPrint = !isSession && unrun.some(({ at, effect }) => at > 0 && effect.isUnknown);
    return {
      kind: "run",
      commands,
      lines: prepares,
      printed: printedBy,
      unrun,
      ...(mayPrint && { whyOutput: LINES_BELOW }),
    };
  }
  const typed = prepares.map(({ text }) => text);
  // What is in brackets below a command may be what it prints.
  const isRun = ({ text }: Piece) => readCommandLine(text, files).kind === "run";
  const mayPrint = opens > 0 && lines.slice(0, opens).some(isRun);
  const below = mayPrint ? { whyOutput: LINES_BELOW } : {};
  const notRun = { kind: "command", lines: typed, unrun, ...below } as const;
  if (isEndless) return { ...notRun, why: "it starts a server, which does not end" };
  if (prepares.length > 0 && unrun.length === 0) return { kind: "preparation", lines: typed };
  if (reason !== undefined) return { ...notRun, why: reason };
  const unknown = pieces.map(({ text }) => fileOf(text)).find((file) => file !== undefined);
  if (unknown !== undefined) {
    const loads = unrun.every(({ text }) => /^createdb\b/.test(text) || fileOf(text) === unknown);
    const isSqlFile = loads && /\.sql$/i.test(unknown);
    return { ...notRun, why: notShown(unknown), ...(isSqlFile && { file: unknown }) };
  }
  const isPiped = pieces.some(({ text }) => needsShell(text) && hasWord(text, files));
  const shell = "it needs a shell: only a single command that runs a file is run";
  return { ...notRun, why: isPiped ? shell : "it runs no file of the page" };
}

/** True for a file of which the page has another one in another folder. */
function isOneOf({ file }: PageCommand, paths: readonly string[]): boolean {
  return paths.filter((path) => path === file || path.endsWith(`/${file}`)).length > 1;
}

/** True for a line that runs a script in the shell: one of the page with commands in it, or one that may have any. */
function runsScript(text: string, files: ReadonlyMap<string, ShownFile>): boolean {
  const name = /^(?:source|\.)\s+["']?(?:\.\/)*([^\s"']+)/.exec(text)?.[1];
  if (name === undefined || /[Aa]ctivate(?:\.\w+)?$/.test(name)) return false;
  const content = files.get(name)?.content;
  if (content === undefined) return !/env\w*$|rc$|profile$|nvm\.sh$/.test(name);
  const lines = content.split("\n").map((line) => line.trim());
  return lines.some((line) => !/^(?:#.*|(?:export\s+)?\w+=(?:[^`$]|\$(?!\())*)?$/.test(line));
}

/** True for a line in which a bracket stays open: what is below it is a part of it. */
function isOpen(text: string): boolean {
  if (hereDocument.test(text)) return false;
  const own = text.replace(quoted, "");
  const count = (one: string) => own.split(one).length;
  return count("{") > count("}") || count("(") > count(")");
}

/**
 * Each line is a command. One that ends in its shell's sign, in an operator or within quotes goes on in the next, as a
 * here-document does.
 */
function typedLines(lines: readonly string[], language: string): Piece[] {
  const isOther = isOtherShell(language);
  const skipped = isOther ? /^(?:#|::|@?echo off\b|@?rem\b)/i : /^#/;
  const goesOn = isCmd(language) ? /\^$/ : isOther ? /[`\\]$/ : /\\$/;
  const typed: Piece[] = [];
  for (let at = 0; at < lines.length; at++) {
    let text = (lines[at] ?? "").trim();
    if (text === "" || skipped.test(text)) continue;
    while (at + 1 < lines.length && (goesOn.test(text) || /(?:\||&&)$/.test(text))) {
      const start = goesOn.test(text) ? text.replace(goesOn, "") : `${text} `;
      text = `${start}${(lines[++at] ?? "").trim()}`;
    }
    const end = endOf(text, lines, at);
    text = [text, ...lines.slice(at + 1, end + 1)].join("\n");
    at = end;
    typed.push({ text });
  }
  return typed;
}

/** The last line of what begins in a line: of a here-document, or of a text in quotes. */
function endOf(text: string, lines: readonly string[], at: number): number {
  const word = hereDocument.exec(text)?.[1];
  if (word === undefined && isClosed(text)) return at;
  const isEnd = (index: number) =>
    word === undefined
      ? isClosed([text, ...lines.slice(at + 1, index + 1)].join("\n"))
      : lines[index]?.trim() === word;
  for (let index = at + 1; index < lines.length; index++) if (isEnd(index)) return index;
  return word === undefined ? at : lines.length - 1;
}

/** True if each quote in a text is closed. */
function isClosed(text: string): boolean {
  return !/["']/.test(text.replace(/\\.|"(?:\\.|[^"\\])*"|'[^']*'/gs, ""));
}

/** A session: what is below a command, up to the next prompt, was printed by it. */
function typedIn(lines: readonly string[], prompt: RegExp): Piece[] {
  const starts = lines.flatMap((line, index) => (prompt.test(line) ? [index] : []));
  return starts.map((start, index) => {
    const end = starts[index + 1] ?? lines.length;
    let text = (lines[start] ?? "").replace(prompt, "").trim();
    let first = start + 1;
    while (text.endsWith("\\") && first < end) {
      text = `${text.slice(0, -1)}${(lines[first++] ?? "").replace(/^\s*>?\s*/, "")}`;
    }
    const isPrinted = lines.slice(first, end).some((line) => line.trim() !== "");
    return { text, ...(isPrinted ? { printed: { from: first, to: end } } : {}) };
  });
}

function hasWord(text: string, files: KnownNames): boolean {
  return text.split(/[\s;|&<>()]+/).some((word) => files.has(word));
}

/**
 * Decides what commands are that do again, in another shell, what those above them do: they are for other readers.
 * @param above the blocks so far
 */
export function asOtherWay(
  { block, fate }: ReadBlock,
  above: readonly ReadBlock[],
): Fate | undefined {
  const last = above.findLast(({ fate }) => fate.kind !== "output" && !("isOtherWay" in fate));
  if (fate.kind !== "run" || last?.fate.kind !== "run") return undefined;
  const isOfOther = isOtherShell(block.language) && block.language !== last.block.language;
  if (!isOfOther || block.tab || fate.printed?.some((one) => one !== undefined)) return undefined;
  const filesOf = (commands: readonly PageCommand[]) => commands.map(({ file }) => file).join("\n");
  if (filesOf(fate.commands) !== filesOf(last.fate.commands)) return undefined;
  const lines = fate.lines.map(({ text }) => text);
  const why = `it is for another shell than the block in line ${last.block.line + 1}`;
  return { kind: "command", lines, unrun: fate.unrun, why, isOtherWay: true };
}

/** The name of a file with SQL, in quotes. */
const sqlFile = /(["'`])(?:\.\/)?([\w./-]+\.sql)\1/g;

function notShown(file: string): string {
  return `the page does not name the block of ${file}: write <!-- guide: file ${file} --> before it`;
}

/** The files that a block's commands run, and those with SQL that its code reads. */
export function filesUsedIn(block: Block): string[] {
  if (!isShell(block)) {
    return isCode(block.language)
      ? Array.from(block.content.matchAll(sqlFile), ([, , path = ""]) => path)
      : [];
  }
  const lines = block.content
    .split("\n")
    .map((line) => line.replace(promptOf(block.content), "").trim());
  return lines.flatMap(splitCommands).flatMap((command) => fileOf(command) ?? []);
}

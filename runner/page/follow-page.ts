import { basename } from "node:path";
import type { Run } from "../guide/guide.ts";
import { withoutLabel } from "../verify/page-lines.ts";
import { hiddenOutput, isCode } from "./announced-output.ts";
import { isApart } from "./bare-tables.ts";
import { clientsFor } from "./clients.ts";
import { mayChangeRows, reachesOut } from "./command-effects.ts";
import { everything, type RefuseAt } from "./directives.ts";
import { isOfLanguage, readUnplaced } from "./file-sentence.ts";
import { areOfOthers, joinOutput, merge, type OpenRun, openRuns, type Reader } from "./open-run.ts";
import type {
  Block,
  Fate,
  PageCommand,
  PageRun,
  ReadBlock,
  SqlRun,
  Stretch,
  UnrunCommand,
} from "./page.ts";
import { asksForEdit } from "./prose.ts";
import { openReaderState } from "./reader-state.ts";
import type { SetupSql } from "./settings.ts";

/** psql without a file. It may connect as another user. */
const opensPsql = /^\s*(?:sudo -u \S+ )?psql\b(?!.*\s-[fc]\b)/;
const user = /(?:-U\s*|--username[= ])["']?(\w+)/;

/** A line above a block that shows what is in a table, rather than what a query prints. */
const describesData =
  /^\*\*(?!(?:outputs?|results?)\*)[\w ."`]+\*\*:?$|^(suppose|consider|assume|imagine|given)\b|\b(sample|source|original|input) (data|table|rows)\b/i;

const HAS_ANOTHER = "what is above it has another output.";
const NOT_RUN = "the command above it is not run.";
const GUESS = {
  reason: "nothing says that this is the output of the command above.",
  mayFail: false,
};
const PREPARES = "what is above it only prepares.";

/** What a reader does who follows a page. */
export interface Followed {
  readonly runs: Run[];
  /** By the names of the runs. */
  readonly pageRuns: Map<string, PageRun>;
}

/** To what the next outputs belong. */
interface Waiting {
  /** Of one block, without an output so far. */
  readonly runs: OpenRun[];
  /** The page may show several outputs of one block of SQL: each further one is a run of its own. */
  readonly more?: () => OpenRun;
  readonly block: Block;
  hasOutput: boolean;
  /** The run that has taken a block which may be its output: one that surely is takes its place. */
  guess?: { readonly one: OpenRun; readonly needs: PageRun; readonly block: Block } | undefined;
  /** The last line of the block, or of its last output so far. */
  end: number;
}

type Output = Extract<Fate, { readonly kind: "output" }>;
type RunFate = Extract<Fate, { readonly kind: "run" }>;

/** The file that a block shows, and what runs it, if it is a script. */
interface LastFile {
  readonly path: string;
  readonly script?: { readonly block: Block; readonly commands: readonly PageCommand[] };
}

/**
 * Goes through the blocks of a page as a reader would.
 * @param setups SQL that comes first
 */
export function followPage(
  blocks: readonly ReadBlock[],
  reader: Reader,
  setups: readonly SetupSql[],
  refuse: RefuseAt,
): Followed {
  const { clients, file, lines } = reader;
  const states = new Map(clients.map((client) => [client, openReaderState()]));
  const statesFor = (block: Block) =>
    clientsFor(block, clients).flatMap((client) => states.get(client) ?? []);
  const { open, begin, beginSql, beginCommand, beginUnrun } = openRuns(reader, states, () => ({
    changed,
    otherUser,
  }));
  const ofOneBlock: OpenRun[][] = [];
  let waiting: Waiting | undefined;
  /** Why no run waits for an output. */
  let idle = "nothing above it is run.";
  let changed: string | undefined;
  let otherUser: string | undefined;
  let last: LastFile | SqlRun | undefined;
  /** The block below a text that asks to change something, from 1. */
  let edited: number | undefined;

  function beginCommands(
    block: Block,
    { commands, printed = [], unrun }: Pick<RunFate, "commands" | "printed" | "unrun">,
  ): void {
    const noteAt = (index: number) =>
      noteCommands(
        block,
        unrun.filter((one) => one.at === index),
      );
    const runs = commands.map((command, index) => {
      noteAt(index);
      const one = beginCommand(block, command);
      const { needs } = one;
      const isRefused = needs.kind === "command" && needs.refused !== undefined;
      const lost = isRefused ? [...needs.clients.values()] : [];
      if (lost.some(({ files }) => reachesOut(files().values()))) {
        changed = `it comes after a command that is not run, in line ${block.line + 1}.`;
      }
      return one;
    });
    noteAt(commands.length);
    if ([...printed, ...unrun.map((one) => one.printed)].some((one) => one !== undefined)) {
      showSession(block, runs, printed, unrun);
      [waiting, idle] = [undefined, HAS_ANOTHER];
      return;
    }
    const lost = unrun.find(({ effect }) => effect.prints);
    if (lost) {
      const [line = ""] = lost.text.split("\n", 1);
      idle = `a command of the block above it is not run: ${line.slice(0, 80)}.`;
      waiting = undefined;
      return;
    }
    ofOneBlock.push([...runs]);
    const group = block.tab?.group;
    const isNext =
      waiting && !waiting.hasOutput && group !== undefined && waiting.block.tab?.group === group;
    // Tabs that each give their command: what is shown below them is printed by all.
    if (waiting && isNext && areOfOthers(waiting.runs, runs)) {
      for (const [index, one] of waiting.runs.entries()) merge(one, runs[index]);
      open.length -= runs.length;
    } else {
      waiting = { runs, block, hasOutput: false, end: block.last };
    }
  }

  /** What a session shows is printed by all commands of a line. Where one of them is not run, nothing is compared. */
  function showSession(
    block: Block,
    runs: readonly OpenRun[],
    printed: readonly (Stretch | undefined)[],
    unrun: readonly UnrunCommand[],
  ): void {
    const all = [...printed, ...unrun.map((one) => one.printed)];
    for (const { from, to } of new Set(all.filter((one) => one !== undefined))) {
      const lines = [block.first + from, block.first + to] as const;
      const isLost = unrun.some((one) => one.printed?.from === from);
      const own = runs.filter((_, index) => printed[index]?.from === from);
      const [first] = own;
      if (isLost || !first) showOutput(beginUnrun(block, NOT_RUN), block, ...lines);
      else showOutput(first, block, ...lines);
      if (!isLost) ofOneBlock.push(own);
    }
  }

  /** An output in a tab is that of its client: the others go on waiting for theirs. */
  function takeFrom(runs: OpenRun[], own: readonly string[]): OpenRun | undefined {
    const at = runs.findIndex((one) => own.some((client) => one.clients.includes(client)));
    const one = runs[at];
    if (!one) return undefined;
    const rest = one.clients.filter((client) => !own.includes(client));
    if (rest.length === 0 || one.needs.kind === "sql") {
      runs.splice(at, 1);
      return one;
    }
    const { code } = one.run.step;
    const stem = one.run.step.name.replace(/^\d+-/, "");
    const split = begin(undefined, own, one.needs, { stem, text: one.run.step.title, code });
    one.clients = rest;
    return split;
  }

  /** It shows what is in a table, or there is much text between it and the SQL. */
  function isDoubtful(block: Block, { end }: Waiting): boolean {
    const between = lines.slice(end + 1, block.line).join("\n");
    const paragraphs = between.split(/\n\s*\n/).filter((text) => text.trim() !== "").length;
    const most = /^\s*(?:ERROR|FATAL):/.test(block.content) ? 1 : 3;
    return describesData.test(block.above) || paragraphs > most;
  }

  function place(block: Block, { isGuess = false, repeats = 0, why, whyOfSql }: Output): void {
    const isOfSql = waiting && (waiting.more ?? waiting.runs[0]?.needs.kind === "sql");
    const uncompared = why ?? (isOfSql ? whyOfSql : undefined);
    if (uncompared !== undefined) {
      leaveOut(block, `${uncompared}.`);
      return;
    }
    const isElsewhere = waiting?.hasOutput && waiting.block.section !== block.section;
    const guess = isElsewhere || isGuess ? undefined : waiting?.guess;
    if (guess) {
      guess.one.needs = guess.needs;
      leaveOut(guess.block, "what is above it has an output that surely is one.");
    }
    const one =
      waiting && !isElsewhere
        ? (guess?.one ?? takeFrom(waiting.runs, clientsFor(block, clients)) ?? waiting.more?.())
        : undefined;
    if (!waiting || !one) {
      const why = isElsewhere ? "nothing above it in its section is run." : HAS_ANOTHER;
      leaveOut(block, waiting ? why : idle);
      return;
    }
    waiting.hasOutput = true;
    waiting.guess = isGuess ? { one, needs: one.needs, block } : undefined;
    if (one.needs.kind === "sql") {
      const isDoubt = isGuess || isDoubtful(block, waiting);
      const { above, isTable = false } = block;
      const prose = `${one.needs.prose}\n${above}`;
      one.needs = { ...one.needs, isGuess: isDoubt, isTable, prose, above };
    } else if (isGuess) {
      one.needs = { ...one.needs, guess: one.needs.guess ?? GUESS };
    }
    waiting.end = block.last;
    showOutput(one, block, block.first + repeats, block.last);
  }

  function showOutput(one: OpenRun, block: Block, first: number, last: number): void {
    const { prefix, fence, isOpen, isTable, content } = block;
    const { volatile } = block.directives;
    const place = { file, name: `${basename(file)}:${first + 1}` };
    if (volatile === everything) {
      // An error that varies is still announced.
      if (one.needs.kind === "sql" && /^(?:ERROR|FATAL):/m.test(content)) {
        one.needs = { ...one.needs, prose: `${one.needs.prose}\n${content}` };
      }
      one.output = { kind: "none", ...place, reason: "the page says that it varies" };
      return;
    }
    one.needs = { ...one.needs, volatile };
    one.output = {
      ...{ kind: "lines", ...place, first, last, prefix, fence },
      ...(isOpen && { isOpen }),
      ...(isTable && { isTable }),
    };
  }

  /** Counts an output that is not compared. */
  function leaveOut(block: Block, reason: string): void {
    showOutput(beginUnrun(block, reason), block, block.first, block.last);
  }

  function continueLast(block: Block): void {
    if (!last) refuse(block.line, '"continue" has no file, script or SQL above it.');
    if ("kind" in last) {
      const before = last;
      const one = open.find(({ needs }) => needs === before);
      if (!one || waiting?.hasOutput) {
        refuse(block.line, '"continue" comes after the output of the SQL that it continues.');
      }
      last = { ...last, sql: `${last.sql}${block.content}` };
      one.needs = last;
      return;
    }
    const { path, script } = last;
    for (const state of statesFor(block)) state.addToFile(path, withoutLabel(block.content));
    if (!script) return;
    if (waiting?.block !== script.block || waiting.hasOutput) {
      beginCommands(block, { commands: script.commands, unrun: [] });
      return;
    }
    for (const one of waiting.runs) {
      if (one.needs.kind !== "command") continue;
      const now = [...one.needs.clients].map(([client, before]) => {
        return [
          client,
          { ...before, files: states.get(client)?.takeFiles().files ?? before.files },
        ] as const;
      });
      one.needs = { ...one.needs, clients: new Map(now) };
    }
  }

  function noteCommands(block: Block, commands: readonly UnrunCommand[]): void {
    const place = `in line ${block.line + 1}`;
    for (const { text, effect } of commands) {
      const unrun = `a command that is not run, ${place},`;
      for (const state of statesFor(block)) {
        for (const path of effect.files) state.lose(path, `${unrun} changes ${path}.`);
        if (effect.mayWrite) state.noteChange(`${unrun} may change`);
      }
      // At the beginning, there is nothing that it could change.
      const isBeginning =
        open.length === 0 && [...states.values()].every((state) => state.isEmpty());
      if (effect.isUnknown && !isBeginning) {
        changed = `it comes after a command that is not run, ${place}.`;
      } else if (opensPsql.test(text)) {
        const name = user.exec(text)?.[1] ?? "postgres";
        otherUser = name === "postgres" ? undefined : `it is for the user ${name}, ${place}.`;
      }
    }
  }

  function noteUnplaced(block: Block): void {
    const isOfFile = blocks.some(
      ({ fate }) => fate.kind === "file" && isOfLanguage(fate.path, block.language),
    );
    if (!isOfFile && open.length > 0 && isCode(block) && mayChangeRows(block)) {
      changed = `it comes after code that is not run, in line ${block.line + 1}.`;
    }
    const unplaced = readUnplaced(block);
    for (const state of statesFor(block)) state.noteUnplaced(unplaced, block.line + 1);
  }

  /** What a reader changes in a file because only the text says so. */
  function noteEdits(block: Block, commands: readonly PageCommand[]): void {
    for (const { file, text } of edited === undefined ? [] : commands) {
      const reason = `the text above line ${edited} may ask to change`;
      for (const state of statesFor(block)) state.noteChange(reason, file, text);
    }
    edited = undefined;
  }

  function goOn(block: Block, fate: Fate): void {
    const { isSetup } = block.directives;
    const own = statesFor(block);
    const text = withoutLabel(block.content);
    switch (fate.kind) {
      case "file":
        for (const state of own) state.setFile(fate.path, text);
        edited = undefined;
        last = { path: fate.path };
        break;
      case "part":
        for (const state of own) {
          state.lose(fate.path, `the page only shows a part of ${fate.path}, so it was not run.`);
        }
        break;
      case "continued":
        continueLast(block);
        break;
      case "environment":
        edited = undefined;
        for (const state of own) {
          state.setVariables(fate.variables, fate.path === undefined);
          if (fate.path !== undefined) state.setFile(fate.path, text);
        }
        break;
      case "run":
        if (fate.script !== undefined) {
          for (const state of own) state.setFile(fate.script, text);
          last = { path: fate.script, script: { block, commands: fate.commands } };
        }
        for (const state of own) state.prepare(fate.lines);
        noteEdits(block, fate.commands);
        beginCommands(block, fate);
        if (isSetup) [waiting, idle] = [undefined, PREPARES];
        break;
      case "sql": {
        let part = 0;
        const first = beginSql(block, block.content);
        const more = () => beginSql(block, block.content, ++part);
        waiting = { runs: [first], more, block, hasOutput: false, end: block.last };
        if (isSetup) [waiting, idle] = [undefined, PREPARES];
        if (first.needs.kind === "sql") last = first.needs;
        break;
      }
      case "session":
        for (const part of fate.parts) {
          const one = beginSql(block, part.sql);
          const hasOutput = part.last > part.first && !isSetup;
          if (hasOutput) {
            showOutput(one, block, block.first + part.first, block.first + part.last);
          }
          waiting = { runs: hasOutput ? [] : [one], block, hasOutput, end: block.last };
        }
        break;
      case "command":
        noteCommands(block, fate.unrun);
        showSession(block, [], [], fate.unrun);
        [waiting, idle] = [undefined, NOT_RUN];
        break;
      case "preparation":
        for (const state of own) state.prepare(fate.lines);
        [waiting, idle] = [undefined, PREPARES];
        break;
      case "output":
        place(block, fate);
        if (fate.mayBeCode) noteUnplaced(block);
        break;
      case "none":
        if (fate.mayBeCode) noteUnplaced(block);
        break;
    }
  }

  for (const { sql, ...place } of setups) {
    beginSql(undefined, sql).output = { kind: "none", ...place, reason: "it only prepares" };
  }
  let end = 0;
  for (const { block, fate } of blocks) {
    // What else follows says itself what is changed.
    const isAlone =
      ["run", "preparation", "command"].includes(fate.kind) ||
      (fate.kind === "none" && !fate.mayBeCode);
    if (isAlone && asksForEdit(lines.slice(end, block.line))) edited = block.line + 1;
    if (!isApart(block)) end = block.last + 1;
    goOn(block, fate);
    const hidden = hiddenOutput(block, fate);
    if (hidden !== undefined) leaveOut(block, `${hidden}.`);
  }
  for (const runs of ofOneBlock) joinOutput(runs);
  const runs = open.map(({ run, output, clients: own }): Run => {
    return { ...run, inPage: output, ...(own.length < clients.length ? { clients: own } : {}) };
  });
  return { runs, pageRuns: new Map(open.map(({ run, needs }) => [run.name, needs])) };
}

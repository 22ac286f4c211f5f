import { abridge } from "../../common/secrets.ts";
import type { Run } from "../../guide/guide.ts";
import { withoutLabel } from "../../verify/page-lines.ts";
import { givenIn, leavesPsql } from "../classify/block-shapes.ts";
import type {
  Block,
  Fate,
  PageCommand,
  PageRun,
  ReadBlock,
  Stretch,
  UnrunCommand,
} from "../page.ts";
import { hiddenOutput } from "../read/announced-output.ts";
import type { RefuseAt } from "../read/directives.ts";
import { textAbove } from "../read/prose.ts";
import type { SetupSql } from "../settings.ts";
import { reachesOut } from "../shell/command-effects.ts";
import { opensPsql } from "../shell/psql-options.ts";
import { clientsFor, systemsOf } from "./clients.ts";
import { noteUnrun } from "./note-unrun.ts";
import {
  areOfOthers,
  asRun,
  joinOutput,
  merge,
  type OpenRun,
  openRuns,
  type Reader,
  refusedBy,
} from "./open-run.ts";
import { HAS_ANOTHER, placeOutputs, type Waiting } from "./place-outputs.ts";
import { openReaderState } from "./reader-state.ts";

const NOT_RUN = "the command above it is not run.";
const PREPARES = "what is above it only prepares.";

/** What a reader does who follows a page. */
export interface Followed {
  readonly runs: Run[];
  /** By the names of the runs. */
  readonly pageRuns: Map<string, PageRun>;
}

type RunFate = Extract<Fate, { readonly kind: "run" }>;
type BlockOfCommands = Pick<RunFate, "commands" | "printed" | "lines" | "unrun">;

/** The file that a block shows, and what runs it, if it is a script. */
interface LastFile {
  readonly kind: "file";
  readonly path: string;
  readonly script?: { readonly block: Block; readonly commands: readonly PageCommand[] };
}

/** A block of SQL with those that continue it. */
interface LastSql {
  readonly kind: "sql";
  readonly one: OpenRun;
  readonly waiting: Readonly<Waiting>;
  /** The place of all of them. */
  block: Block;
  text: string;
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
  const { clients, lines } = reader;
  const states = new Map(clients.map((client) => [client, openReaderState()]));
  const statesFor = (block: Block) =>
    clientsFor(block, clients).flatMap((client) => states.get(client) ?? []);
  const systemOf = systemsOf(blocks);
  const open: OpenRun[] = [];
  const unrun = noteUnrun(blocks, states, open);
  const runs = openRuns(reader, states, open, unrun.unrun);
  const { beginSql, continueSql, beginCommand, beginUnrun } = runs;
  const outputs = placeOutputs(reader, runs);
  const ofOneBlock: OpenRun[][] = [];
  let last: LastFile | LastSql | undefined;

  function beginCommands(
    block: Block,
    { commands, printed = [], lines: prepares, unrun: lines }: BlockOfCommands,
  ): void {
    const noteAt = (index: number) => {
      const typed = prepares.flatMap(({ text, at }) => (at === index ? text : []));
      for (const state of statesFor(block)) state.prepare(typed, systemOf(block));
      const now = lines.filter((one) => one.at === index);
      for (const { text } of now) if (opensPsql(text)) runs.openPsql(block, text);
      unrun.noteCommands(block, now);
    };
    const begun = commands.map((command, index) => {
      noteAt(index);
      const one = beginCommand(block, command);
      const { needs } = one;
      const isRefused = needs.kind === "command" && refusedBy(needs) !== undefined;
      const lost = isRefused ? [...needs.clients.values()] : [];
      const reaches = lost.some(({ files }) => reachesOut(files().values()));
      if (needs.kind === "left out" || reaches) unrun.noteRefused(block);
      return one;
    });
    noteAt(commands.length);
    if ([...printed, ...lines.map((one) => one.printed)].some((one) => one !== undefined)) {
      showSession(block, begun, printed, lines);
      outputs.stop(HAS_ANOTHER);
      return;
    }
    const lost = lines.find(({ effect }) => effect.prints);
    if (lost) {
      const [line = ""] = lost.text.split("\n", 1);
      outputs.stop(`a command of the block above it is not run: ${abridge(line, 80)}.`);
      return;
    }
    ofOneBlock.push([...begun]);
    const { waiting } = outputs;
    const group = block.tab?.group;
    const isNext =
      waiting && !waiting.hasOutput && group !== undefined && waiting.block.tab?.group === group;
    // Tabs that each give their command: what is shown below them is printed by all.
    if (waiting && isNext && areOfOthers(waiting.runs, begun)) {
      for (const [index, one] of waiting.runs.entries()) merge(one, begun[index]);
      open.length -= begun.length;
    } else {
      outputs.wait(block, begun);
    }
  }

  /** What a session shows is printed by all commands of a line. Where one of them is not run, nothing is compared. */
  function showSession(
    block: Block,
    begun: readonly OpenRun[],
    printed: readonly (Stretch | undefined)[],
    lost: readonly UnrunCommand[],
  ): void {
    const all = [...printed, ...lost.map((one) => one.printed)];
    for (const { from, to } of new Set(all.filter((one) => one !== undefined))) {
      const lines = [block.first + from, block.first + to] as const;
      const isLost = lost.some((one) => one.printed?.from === from);
      const own = begun.filter((_, index) => printed[index]?.from === from);
      const [first] = own;
      if (isLost || !first) outputs.show(beginUnrun(block, NOT_RUN), block, ...lines);
      else outputs.show(first, block, ...lines);
      if (!isLost) ofOneBlock.push(own);
    }
  }

  function continueLast(block: Block): void {
    const { waiting } = outputs;
    if (!last) refuse(block.line, '"continue" has no file, script or SQL above it.');
    if (last.kind === "sql") {
      if (last.waiting.hasOutput || waiting?.hasOutput) {
        refuse(block.line, '"continue" comes after the output of the SQL that it continues.');
      }
      last.text += block.content;
      last.block = { ...last.block, end: block.end };
      continueSql(last.one, last.block, last.text);
      return;
    }
    const { path, script } = last;
    for (const state of statesFor(block)) state.addToFile(path, withoutLabel(block.content));
    if (!script) return;
    if (waiting?.block !== script.block || waiting.hasOutput) {
      beginCommands(block, { commands: script.commands, lines: [], unrun: [] });
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

  function goOn(block: Block, fate: Fate): void {
    const { isSetup } = block.directives;
    const own = statesFor(block);
    const text = withoutLabel(block.content);
    switch (fate.kind) {
      case "file":
        for (const state of own) {
          state.setFile(fate.path, text);
          if (fate.folders) state.lose(fate.path, inTwoFolders(fate.path, fate.folders));
        }
        unrun.forgetText();
        last = { kind: "file", path: fate.path };
        break;
      case "part":
        for (const state of own) {
          const why = fate.isWarning
            ? `the page shows ${fate.path} in line ${block.line + 1}, and says not to do it.`
            : `the page only shows a part of ${fate.path}, so it was not run.`;
          state.lose(fate.path, why);
        }
        break;
      case "continued":
        continueLast(block);
        break;
      case "environment":
        unrun.forgetText();
        for (const state of own) {
          state.setVariables(fate.variables, fate.path, givenIn(block));
          if (fate.path !== undefined) state.setFile(fate.path, text);
        }
        break;
      case "run":
        if (fate.script !== undefined) {
          for (const state of own) state.setFile(fate.script, text);
          const script = { block, commands: fate.commands };
          last = { kind: "file", path: fate.script, script };
        }
        unrun.noteEdits(block, fate.commands);
        beginCommands(block, fate);
        if (isSetup) outputs.stop(PREPARES);
        break;
      case "sql": {
        let part = 0;
        const one = beginSql(block, block.content);
        const more = () => beginSql(sql.block, sql.text, ++part);
        const waiting = outputs.wait(block, [one], { more });
        const sql: LastSql = { kind: "sql", one, waiting, block, text: block.content };
        last = sql;
        if (isSetup) outputs.stop(PREPARES);
        break;
      }
      case "session":
        for (const line of block.content.split("\n").filter(opensPsql)) runs.openPsql(block, line);
        for (const part of fate.parts) {
          const one = beginSql(block, part.sql);
          const hasOutput = part.last > part.first && !isSetup;
          if (hasOutput) {
            outputs.show(one, block, block.first + part.first, block.first + part.last);
          }
          outputs.wait(block, hasOutput ? [] : [one], { hasOutput });
        }
        break;
      case "command":
        if (leavesPsql.test(block.content)) runs.leavePsql();
        for (const state of own) state.prepare(fate.lines, systemOf(block));
        for (const { text } of fate.unrun) if (opensPsql(text)) runs.openPsql(block, text);
        unrun.noteCommands(block, fate.unrun);
        showSession(block, [], [], fate.unrun);
        // What comes below is what both ways print.
        if (fate.isOtherWay !== true || outputs.waiting?.hasOutput) outputs.stop(NOT_RUN);
        break;
      case "preparation":
        for (const state of own) state.prepare(fate.lines, systemOf(block));
        outputs.stop(PREPARES);
        break;
      case "output":
        outputs.place(block, fate);
        if (fate.mayBeCode) unrun.noteUnplaced(block);
        break;
      case "none":
        if (fate.mayBeCode) unrun.noteUnplaced(block);
        break;
    }
  }

  for (const { sql, ...place } of setups) {
    beginSql(undefined, sql).output = { kind: "none", ...place, reason: "it only prepares" };
  }
  let end = 0;
  for (const { block, fate } of blocks) {
    const isShell = ["run", "preparation", "command"].includes(fate.kind);
    // What else follows says itself what is changed.
    const isAlone = isShell || (fate.kind === "none" && !fate.mayBeCode);
    const between = lines.slice(end, block.line);
    if (isAlone) unrun.noteText(block, between);
    unrun.noteTyped(block, between);
    if (!block.isApart) end = block.end;
    const prose = isShell ? textAbove(lines, block) : "";
    for (const state of statesFor(block)) {
      state.readText(between.join("\n"));
      state.enterShell(prose);
      if (fate.kind === "none") state.readText(block.content);
    }
    goOn(block, fate);
    const hidden = hiddenOutput(block, fate);
    if (hidden !== undefined) outputs.leaveOut(block, `${hidden}.`);
  }
  for (const some of ofOneBlock) joinOutput(some);
  const followed = open.map(({ run, output, clients: own }): Run => {
    return { ...run, inPage: output, ...(own.length < clients.length ? { clients: own } : {}) };
  });
  return {
    runs: followed,
    pageRuns: new Map(open.map(({ run, needs }) => [run.name, asRun(needs)])),
  };
}

function inTwoFolders(path: string, [one, other]: readonly [string, string]): string {
  return `the page shows ${path} in ${one} and in ${other}, without the folder in its name.`;
}

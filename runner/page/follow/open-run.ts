import { basename } from "node:path";
import type { PageOutput, Run, Step } from "../../guide/guide.ts";
import type { Block, CommandRun, PageCommand, PageRun } from "../page.ts";
import { proseAround, textAbove, withoutTags } from "../read/prose.ts";
import { reachesOut } from "../shell/command-effects.ts";
import { databaseIn, withOptions } from "../shell/psql-options.ts";
import { clientsFor } from "./clients.ts";
import { watchStatements } from "./open-statements.ts";
import type { ReaderState } from "./reader-state.ts";

const connects = /^\s*\\(?:c|connect)\b/m;

/** A run on its way: its output comes later on the page. */
export interface OpenRun {
  run: Run;
  needs: PageRun;
  output: PageOutput;
  clients: readonly string[];
}

/** What all runs of a page have in common. */
export interface Reader {
  /** Of the page. */
  readonly file: string;
  /** As a reader sees them. */
  readonly lines: readonly string[];
  readonly clients: readonly string[];
  /** True if the clients must agree in what the page does not show. */
  readonly isStrict: boolean;
}

/**
 * Begins the runs of a page, one after the other.
 * @param open gets them
 * @param unrun why the state may be different by now, in sentences: a command above may have changed anything, or the
 * SQL is another user's
 */
export function openRuns(
  { file, lines, clients, isStrict }: Reader,
  states: ReadonlyMap<string, ReaderState>,
  open: OpenRun[],
  unrun: () => { changed: string | undefined; otherUser: string | undefined },
) {
  let proseStart = 0;

  function begin(
    block: Block | undefined,
    own: readonly string[],
    needs: PageRun,
    { stem, text, code = text }: { stem: string; text: string; code?: string },
  ): OpenRun {
    const isRefused =
      needs.kind === "left out" || (needs.kind === "command" && refusedBy(needs) !== undefined);
    const [index, number] = [open.length, open.length + 1];
    const line = block?.line ?? 0;
    const step: Step = {
      ...{ name: `${String(number).padStart(2, "0")}-${stem}`, number, file, code },
      title: block?.heading ? `${block.heading}: ${text}` : text,
      prose: withoutTags(lines.slice(proseStart, line)),
    };
    if (block) proseStart = Math.max(proseStart, block.end);
    const exitCode = block?.directives.exitCode;
    const run: Run = {
      index,
      step,
      after: undefined,
      name: step.name,
      ...(block ? { line: line + 1 } : {}),
      ...(needs.isSetup ? { isSetup: true } : {}),
      ...(exitCode === undefined ? {} : { exitCode }),
    };
    const output: PageOutput = {
      kind: "none",
      file,
      name: basename(file),
      line: line + 1,
      reason: "its output is not on the page",
      ...(isRefused ? {} : { agreement: isStrict ? "required" : "expected" }),
    };
    const one: OpenRun = { run, needs, clients: own, output };
    open.push(one);
    return one;
  }

  /** True once a block has left psql. */
  let hasLeft = false;
  const statements = watchStatements();
  /** Why psql waits at the last block. */
  let waits: string | undefined;

  /** Notes a block that leaves psql: what comes below is another session's. */
  function leavePsql(): void {
    hasLeft = true;
    statements.leave();
  }

  /** The command with which a block has opened psql: what comes below is its session's. */
  let opened: string | undefined;
  /** The database that the page names first, where no `\c` has led elsewhere by then. */
  let firstDatabase: string | undefined;
  let database: string | undefined;

  /** Where the shell has led psql at the page's first SQL. */
  let ledFirst: string | undefined;

  /** Where the shell leads psql. */
  function placeOfPsql(block: Block): ReadonlyMap<string, string> {
    return states.get(clientsFor(block, clients)[0] ?? "")?.placeOfPsql() ?? new Map();
  }

  /** The database to which a psql command connects, or the last one: empty for the page's first one. */
  function databaseOf(block: Block, line: string): string | undefined {
    const shell = placeOfPsql(block);
    const name = databaseIn(line, shell);
    if (name === undefined) return undefined;
    const isLed = ledFirst !== undefined && ledFirst !== [...shell].join();
    const hasMoved = open.some(({ needs }) => needs.kind === "sql" && connects.test(needs.sql));
    firstDatabase ??= hasMoved || isLed ? "" : name;
    return name === firstDatabase ? "" : name;
  }

  /** @param line the command that does */
  function openPsql(block: Block, line: string): void {
    opened = line;
    statements.open();
    database = databaseOf(block, line);
  }

  /** @param block undefined for SQL that comes before the page's own */
  function beginSql(block: Block | undefined, text: string, part = 0, command?: string): OpenRun {
    const isCommand = command !== undefined;
    const own = block ? clientsFor(block, clients) : clients;
    const sql = block ? withFiles(block, text) : text;
    const { changed, otherUser } = unrun();
    if (block && !isCommand) ledFirst ??= [...placeOfPsql(block)].join();
    const isTyped = block && !isCommand && !block.directives.isSetup;
    if (isTyped && part === 0) waits = statements.begin(block, sql);
    const setting = block && states.get(own[0] ?? "")?.settingOfPsql();
    const needs: PageRun = {
      kind: "sql",
      index: open.length,
      sql: `${setting === undefined ? "" : `\\${setting}\n`}${sql}`,
      isCommand,
      isNew: hasLeft && !isCommand,
      database: isCommand && block ? databaseOf(block, command) : database,
      waits: isTyped ? waits : undefined,
      part,
      isSetup: block?.directives.isSetup ?? !block,
      isGuess: false,
      isTable: false,
      unrun: changed ?? otherUser,
      changed,
      prose: block ? proseAround(lines, block) : "",
      above: "",
      labels: block ? textAbove(lines, block) : "",
      section: block?.section ?? 0,
      title: titleIn(block?.info ?? ""),
      opensPsql: isCommand ? undefined : opened,
    };
    if (!isCommand) [hasLeft, opened, database] = [false, undefined, undefined];
    const code = part === 0 ? sql.trimEnd() : "";
    const shown = block ? { stem: "sql", text: "SQL" } : { stem: "setup", text: "setup" };
    return begin(block, own, needs, { ...shown, code });
  }

  /** @param text what the block has with those that continue it */
  function continueSql(one: OpenRun, block: Block, text: string): void {
    if (one.needs.kind !== "sql") return;
    const sql = withFiles(block, text);
    waits = statements.goOn(block, sql);
    one.needs = { ...one.needs, sql, waits, prose: proseAround(lines, block) };
    one.run = { ...one.run, step: { ...one.run.step, code: sql.trimEnd() } };
  }

  function withFiles(block: Block, sql: string): string {
    return states.get(clientsFor(block, clients)[0] ?? "")?.withFiles(sql) ?? sql;
  }

  function beginCommand(block: Block, command: PageCommand): OpenRun {
    const own = clientsFor(block, clients);
    if (command.program === "psql") {
      const state = states.get(own[0] ?? "");
      const { lost, guess } = state?.send(command) ?? {};
      if (lost !== undefined) return beginUnrun(block, lost);
      const text = state?.textOf(command.file) ?? "";
      const one = beginSql(block, withOptions(command.text, text), 0, command.text);
      if (one.needs.kind === "sql" && guess !== undefined)
        one.needs = { ...one.needs, isGuess: true };
      return one;
    }
    const runs = own.flatMap((client) => {
      const state = states.get(client);
      return state ? [[client, state.run(command)] as const] : [];
    });
    const all = runs.map(([, one]) => one);
    const guess = all.find((one) => one.guess !== undefined)?.guess;
    const mayDiffer = all.some(({ files }) => reachesOut(files().values()));
    const needs: PageRun = {
      kind: "command",
      above: [],
      clients: new Map(runs),
      isSetup: block.directives.isSetup === true,
      doubt: mayDiffer ? unrun().changed : undefined,
      guess: guess === undefined ? undefined : { reason: guess, mayFail: true },
    };
    const stem = command.file.replace(/\.\w+$/, "").replace(/[^\w-]+/g, "-");
    return begin(block, own, needs, { stem, text: command.text });
  }

  /** An output of nothing that is run. It is counted, with the reason. */
  function beginUnrun(block: Block, reason: string): OpenRun {
    const needs: PageRun = { kind: "left out", isSetup: false, reason };
    const shown = { stem: "output", text: "output", code: "" };
    return begin(block, clientsFor(block, clients), needs, shown);
  }

  return { begin, beginSql, leavePsql, openPsql, continueSql, beginCommand, beginUnrun };
}

/** What an info line calls its block: `title="Session 1"`, `[Session 1]`. */
function titleIn(info: string): string {
  const titles = info.matchAll(/\b(?:title|name|label|caption)=(?:"([^"]*)"|(\S+))|\[([^\]]*)\]/g);
  return Array.from(titles, ([, ...texts]) => texts.join("")).join(" ");
}

/** @returns why no client can follow a command */
export function refusedBy({ clients }: CommandRun): string | undefined {
  const all = [...clients.values()].map(({ refused }) => refused);
  return all.includes(undefined) ? undefined : all[0];
}

/** What no client can follow is left out. */
export function asRun(needs: PageRun): PageRun {
  const reason = needs.kind === "command" ? refusedBy(needs) : undefined;
  return reason === undefined ? needs : { kind: "left out", isSetup: needs.isSetup, reason };
}

/** True for the same number of runs, with other clients. */
export function areOfOthers(before: readonly OpenRun[], now: readonly OpenRun[]): boolean {
  const done = before.flatMap(({ clients }) => clients);
  const isOther = now.every(({ clients }) => clients.every((client) => !done.includes(client)));
  return isOther && before.length === now.length;
}

/** Makes one run of the commands of two tabs. */
export function merge(one: OpenRun, other: OpenRun | undefined): void {
  if (!other || one.needs.kind !== "command" || other.needs.kind !== "command") return;
  const clients = new Map([...one.needs.clients, ...other.needs.clients]);
  one.needs = { ...other.needs, clients };
  one.clients = [...one.clients, ...other.clients];
}

/** One output below several commands is what they all print. */
export function joinOutput(runs: readonly OpenRun[]): void {
  const [first] = runs;
  const last = runs.at(-1);
  const shown = runs.filter(({ output }) => output.kind === "lines");
  if (!first || !last || first === last || shown.length !== 1 || shown[0] !== first) return;
  const { output } = first;
  if (runs.every(({ needs }) => needs.kind === "sql")) {
    joinSql(runs);
  } else if (first.needs.kind !== "command" || last.needs.kind !== "command") {
    const reason = "a program and psql print it together";
    first.output = {
      kind: "none",
      file: output.file,
      name: output.name,
      line: output.line,
      reason,
    };
    return;
  } else {
    const above = runs.slice(0, -1).map(({ run }) => run.name);
    const { volatile, guess } = first.needs;
    last.needs = { ...last.needs, above, volatile, guess: last.needs.guess ?? guess };
  }
  first.output = { ...last.output, line: output.line };
  last.output = output;
}

/** What psql prints for several files. */
function joinSql(runs: readonly OpenRun[]): void {
  const [first] = runs;
  if (first?.needs.kind !== "sql") return;
  const { isGuess, isTable, prose, above, volatile } = first.needs;
  for (const [at, one] of runs.entries()) {
    if (one.needs.kind !== "sql") continue;
    const isShownBelow = at < runs.length - 1;
    const place = isShownBelow ? {} : { isGuess, isTable, prose, above, volatile };
    one.needs = { ...one.needs, ...place, isShownBelow, showsAbove: at > 0 };
  }
}

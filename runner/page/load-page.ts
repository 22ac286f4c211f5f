import { basename, dirname } from "node:path";
import { Failure } from "../common/failure.ts";
import { readRegularFile } from "../common/files.ts";
import { commandFor } from "../common/project.ts";
import type { Guide, PageOutput, Run, Step } from "../guide/guide.ts";
import { withoutLabel } from "../verify/page-lines.ts";
import { classify } from "./classify.ts";
import type { Block, Page, PageCommand, PageRun, ReadBlock } from "./page.ts";
import { frontMatterEnd, pageLines, readBlocks } from "./read-blocks.ts";

const PAGE_LIMIT = 64 * 1024 ** 2;

/**
 * Reads a Markdown page as a guide: the files that it names, the commands that run them, in their order,
 * and the outputs that it shows.
 * @param file absolute path
 * @throws Failure of kind "layout" for a page that cannot be read
 */
export async function loadPage(file: string): Promise<Guide> {
  const bytes = readRegularFile(file, PAGE_LIMIT);
  if (!bytes) throw new Failure("layout", `${file} cannot be read.`);
  const text = bytes.toString("utf8");
  const lines = pageLines(text);
  const blocks = classify(await readBlocks(lines));
  const clients = clientsOf(blocks);
  const follower = follow(blocks, clients, file, lines);
  // SQL is sent by both drivers: what differs from run to run is not documented by any output.
  const sqlDrivers = new Map(
    clients.map((client, index) => [client, index % 2 === 0 ? "pg" : "postgres"] as const),
  );
  const page: Page = { file, blocks, sqlDrivers, runs: follower.pageRuns };
  return {
    ...{ directory: dirname(file), command: commandFor(file), title: titleOf(lines, file) },
    ...{ steps: follower.runs.map(({ step }) => step), runs: follower.runs, drivers: clients },
    ...{ ownDrivers: [], lesson: [], tables: [], environment: {}, page },
  };
}

/** @throws Failure of kind "layout" for a page without an output that can be verified */
export function refuseUndocumented({ command, page, runs }: Guide): void {
  if (!page || runs.some(({ inPage }) => inPage?.kind === "lines")) return;
  throw new Failure(
    "layout",
    `${page.file} has nothing to verify: it shows no output of SQL, or of a command that runs a file of the page. See what each block is: ${command} --list`,
  );
}

/** Describes each block of a page in one line: its line, what it is, and why it is not verified. */
export function listBlocks({ file, blocks, sqlDrivers }: Page, runs: readonly Run[]): string {
  const outputs = new Map(
    runs.flatMap(({ inPage, step }) =>
      inPage?.kind === "lines" ? [[inPage.first, step.title] as const] : [],
    ),
  );
  const lines = blocks.map(({ block, fate }) => {
    const where = `${basename(file)}:${block.line + 1}`;
    const tab = block.tab ? ` (${block.tab.label})` : "";
    return `${where}  ${describeFate({ block, fate }, outputs, sqlDrivers)}${tab}`;
  });
  return `${lines.join("\n")}\n`;
}

function describeFate(
  { block, fate }: ReadBlock,
  outputs: ReadonlyMap<number, string>,
  sqlDrivers: Page["sqlDrivers"],
): string {
  switch (fate.kind) {
    case "file":
      return `file         ${fate.path}`;
    case "part":
      return `part         of ${fate.path}: what runs it later is not verified`;
    case "run":
      return `run          ${fate.commands.map(({ text }) => text).join("; ")}`;
    case "output": {
      const of = outputs.get(block.first);
      return of === undefined
        ? "unverified   an output of nothing that is run"
        : `output       of ${of}`;
    }
    case "sql":
      return `SQL          sent by ${[...sqlDrivers.values()].join(" and ")}`;
    case "environment":
      return `environment  ${[...fate.variables.keys()].join(", ")}`;
    case "preparation":
      return "preparation  not run";
    case "command":
      return `not run      ${fate.why}`;
    case "none":
      return `ignored      ${fate.why}`;
  }
}

/** The labels of the tabs in which the page has the same file twice; otherwise what runs its files. */
function clientsOf(blocks: readonly ReadBlock[]): string[] {
  const groups = new Map<string, string[]>();
  for (const { block, fate } of blocks) {
    if (fate.kind !== "file" || !block.tab) continue;
    const key = `${block.tab.group} ${fate.path}`;
    groups.set(key, [...(groups.get(key) ?? []), block.tab.label]);
  }
  const labels = [...groups.values()].filter((tabs) => new Set(tabs).size > 1).flat();
  if (labels.length > 0) return [...new Set(labels)];
  const programs = blocks.flatMap(({ fate }) =>
    fate.kind === "run" ? fate.commands.map(({ program }) => program) : [],
  );
  const names = [...new Set(programs.map((name) => (name === "tsx" ? "node" : name)))];
  return names.length > 0 ? names.slice(0, 1) : ["pg", "postgres"];
}

/** A run on its way: its output comes later on the page. */
interface OpenRun {
  readonly run: Run;
  readonly needs: PageRun;
  output: PageOutput;
}

/** To what the next outputs belong. */
interface Waiting {
  /** Of one block, without an output so far. */
  readonly runs: OpenRun[];
  /** The page may show several outputs of one block of SQL: each further one is a run of its own. */
  readonly more?: () => OpenRun;
  readonly section: number;
  hasOutput: boolean;
}

/** Goes through the blocks as a reader would. */
function follow(
  blocks: readonly ReadBlock[],
  clients: readonly string[],
  file: string,
  lines: readonly string[],
): { runs: Run[]; pageRuns: Map<string, PageRun> } {
  const files = new Map(clients.map((client) => [client, new Map<string, string>()]));
  const parts = new Set<string>();
  const variables = new Map<string, string>();
  const open: OpenRun[] = [];
  let waiting: Waiting | undefined;
  let proseStart = frontMatterEnd(lines);

  function begin(
    block: Block,
    needs: PageRun,
    { stem, text, code = text }: { stem: string; text: string; code?: string },
    reason = "the page shows no output of it",
  ): OpenRun {
    const index = open.length;
    const number = index + 1;
    const step: Step = {
      ...{ name: `${String(number).padStart(2, "0")}-${stem}`, number, file, code },
      title: block.heading ? `${block.heading}: ${text}` : text,
      prose: withoutTags(lines.slice(proseStart, block.line)),
    };
    proseStart = block.last + 1;
    const one: OpenRun = {
      run: { index, step, after: undefined, name: step.name },
      needs,
      output: { kind: "none", name: `${basename(file)}:${block.line + 1}`, file, reason },
    };
    open.push(one);
    return one;
  }

  function beginSql(block: Block, part: number): OpenRun {
    const code = part === 0 ? block.content.trimEnd() : "";
    const needs: PageRun = { kind: "sql", index: open.length, sql: block.content, part };
    return begin(block, needs, { stem: "sql", text: "SQL", code });
  }

  function beginCommand(block: Block, command: PageCommand): OpenRun {
    const now = new Map([...files].map(([client, own]) => [client, new Map(own)]));
    const needs: PageRun = {
      kind: "command",
      ...{ command, files: now, variables: new Map(variables) },
    };
    const stem = command.file.replace(/\.\w+$/, "").replace(/[^\w-]+/g, "-");
    const reason = isPartial(command) ? `the page only shows a part of ${command.file}` : undefined;
    return begin(block, needs, { stem, text: command.text }, reason);
  }

  const isPartial = ({ file }: PageCommand) => parts.has(file);

  function setFile(path: string, { tab }: Block, content: string): void {
    const isShared = !tab || !clients.includes(tab.label);
    for (const client of isShared ? clients : [tab.label]) files.get(client)?.set(path, content);
  }

  function place(block: Block): void {
    if (!waiting || (waiting.hasOutput && waiting.section !== block.section)) return;
    const [next] = waiting.runs;
    if (next?.needs.kind === "command" && isPartial(next.needs.command)) return;
    const one = waiting.runs.shift() ?? waiting.more?.();
    if (!one) return;
    waiting.hasOutput = true;
    one.output = {
      ...{ kind: "lines", file, name: `${basename(file)}:${block.first + 1}` },
      ...{ first: block.first, last: block.last, prefix: block.prefix, fence: block.fence },
    };
  }

  for (const { block, fate } of blocks) {
    const { section } = block;
    switch (fate.kind) {
      case "file":
        parts.delete(fate.path);
        setFile(fate.path, block, withoutLabel(block.content));
        break;
      case "part":
        parts.add(fate.path);
        break;
      case "environment":
        for (const [key, value] of fate.variables) variables.set(key, value);
        if (fate.path !== undefined) setFile(fate.path, block, withoutLabel(block.content));
        break;
      case "run": {
        const runs = fate.commands.map((command) => beginCommand(block, command));
        waiting = { runs, section, hasOutput: false };
        break;
      }
      case "sql": {
        let part = 0;
        const more = () => beginSql(block, ++part);
        waiting = { runs: [beginSql(block, 0)], more, section, hasOutput: false };
        break;
      }
      case "command":
      case "preparation":
        waiting = undefined;
        break;
      case "output":
        place(block);
        break;
      case "none":
        break;
    }
  }
  return {
    runs: open.map(({ run, output }) => ({ ...run, inPage: output })),
    pageRuns: new Map(open.map(({ run, needs }) => [run.name, needs])),
  };
}

/** The text of a page as Markdown: without the tags of MDX that stand in lines of their own. */
function withoutTags(lines: readonly string[]): string {
  return lines
    .filter((line) => !/^\s*<\/?[A-Z]\w*\b[^`]*>\s*$/.test(line))
    .join("\n")
    .trim();
}

function titleOf(lines: readonly string[], file: string): string {
  const front = lines.slice(0, frontMatterEnd(lines)).join("\n");
  const title = /^title:\s*["']?(.*?)["']?\s*$/m.exec(front)?.[1];
  const heading = /^#\s+(.*)$/m.exec(lines.join("\n"))?.[1];
  return (title ?? heading)?.trim() || basename(file);
}

import { basename, dirname } from "node:path";
import { Failure } from "../common/failure.ts";
import { readRegularFile } from "../common/files.ts";
import { commandFor } from "../common/project.ts";
import type { Guide, PageOutput, Run, Step } from "../guide/guide.ts";
import { classify, labelOf } from "./classify.ts";
import type { Block, Page, PageCommand, PageRun, ReadBlock } from "./page.ts";
import { pageLines, readBlocks } from "./read-blocks.ts";

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
  const blocks = classify(await readBlocks(text));
  const clients = clientsOf(blocks);
  const follower = follow(blocks, clients, file, pageLines(text));
  // SQL is sent by both drivers: what differs from run to run is not documented by any output.
  const sqlDrivers = new Map(
    clients.map((client, index) => [client, index % 2 === 0 ? "pg" : "postgres"] as const),
  );
  const page: Page = { file, blocks, sqlDrivers, runs: follower.pageRuns };
  return {
    ...{ directory: dirname(file), command: commandFor(file), title: titleOf(text, file) },
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
        ? "not verified an output of nothing that is run"
        : `output       of ${of}`;
    }
    case "sql":
      return `SQL          sent by ${[...sqlDrivers.values()].join(" and ")}`;
    case "environment":
      return `environment  ${[...fate.variables.keys()].join(", ")}`;
    case "preparation":
      return "preparation  not run";
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

/** Goes through the blocks as a reader would. */
function follow(
  blocks: readonly ReadBlock[],
  clients: readonly string[],
  file: string,
  lines: readonly string[],
): { runs: Run[]; pageRuns: Map<string, PageRun> } {
  const name = basename(file);
  const files = new Map(clients.map((client) => [client, new Map<string, string>()]));
  const parts = new Set<string>();
  const variables = new Map<string, string>();
  const open: OpenRun[] = [];
  /** What the next output belongs to: runs of one block, or a command that is not run. */
  let waiting: OpenRun[] = [];
  let waitingSection = 0;
  let proseStart = 0;

  const openSql = (
    index: number,
    block: Block,
    part: number,
    prose: readonly string[],
    sql = block.content,
  ): OpenRun => {
    const number = index + 1;
    const title = block.heading ? `${block.heading}: SQL` : "SQL";
    const step: Step = {
      ...{ name: `${String(number).padStart(2, "0")}-sql`, number, file, title },
      ...{ prose: withoutTags(prose), code: part === 0 ? sql.trimEnd() : "" },
    };
    const reason = "the page shows no output of it";
    return {
      run: { index, step, after: undefined, name: step.name },
      needs: { kind: "sql", sql, part },
      output: { kind: "none", name: `${name}:${block.line + 1}`, file, reason },
    };
  };

  for (const { block, fate } of blocks) {
    const own = clients.filter(
      (client) => !block.tab || !clients.includes(block.tab.label) || block.tab.label === client,
    );
    if (fate.kind === "file") {
      parts.delete(fate.path);
      for (const client of own) files.get(client)?.set(fate.path, contentOf(block));
    } else if (fate.kind === "part") {
      parts.add(fate.path);
    } else if (fate.kind === "environment") {
      for (const [key, value] of fate.variables) variables.set(key, value);
      const path = labelOf(block);
      if (path !== undefined && !/^output$/i.test(path)) {
        for (const client of own) files.get(client)?.set(path, block.content);
      }
    } else if (fate.kind === "run") {
      waiting = fate.commands.map((command): OpenRun => {
        const index = open.length;
        const reason = parts.has(command.file)
          ? `the page only shows a part of ${command.file}`
          : "the page shows no output of it";
        const step = makeStep(index, command, block, file, lines.slice(proseStart, block.line));
        const here = { kind: "none", name: `${name}:${block.line + 1}`, file, reason } as const;
        const run: Run = { index, step, after: undefined, name: step.name };
        const now = new Map([...files].map(([client, own]) => [client, new Map(own)]));
        proseStart = block.last + 1;
        const needs: PageRun = {
          kind: "command",
          ...{ command, files: now, variables: new Map(variables) },
        };
        const one = { run, output: here, needs };
        open.push(one);
        return one;
      });
      waitingSection = block.section;
    } else if (fate.kind === "sql") {
      const one = openSql(open.length, block, 0, lines.slice(proseStart, block.line));
      proseStart = block.last + 1;
      open.push(one);
      waiting = [one];
      waitingSection = block.section;
    } else if (fate.kind === "none" && fate.why === "it runs no file of the page") {
      waiting = [];
    } else if (fate.kind === "output") {
      const [first, ...rest] = waiting;
      // A further output of a block of SQL: it becomes a run of its own when it is there.
      if (first && !open.includes(first)) open.push(first);
      const isFar = block.section !== waitingSection && first?.output.kind === "lines";
      if (!first || isFar) continue;
      if (first.needs.kind === "command" && parts.has(first.needs.command.file)) continue;
      first.output = {
        ...{ kind: "lines", file, name: `${name}:${block.first + 1}` },
        ...{ first: block.first, last: block.last, prefix: block.prefix, fence: block.fence },
      };
      waiting = rest;
      if (first.needs.kind !== "sql") continue;
      // The page may show another output of the same block.
      const { sql, part } = first.needs;
      waiting = [openSql(open.length, block, part + 1, [], sql)];
    }
  }
  return {
    runs: open.map(({ run, output }) => ({ ...run, inPage: output })),
    pageRuns: new Map(open.map(({ run, needs }) => [run.name, needs])),
  };
}

function makeStep(
  index: number,
  command: PageCommand,
  { heading }: Block,
  file: string,
  prose: readonly string[],
): Step {
  const number = index + 1;
  const stem = command.file.replace(/\.\w+$/, "").replace(/[^\w-]+/g, "-");
  return {
    ...{ name: `${String(number).padStart(2, "0")}-${stem}`, number, file },
    ...{ title: command.text, prose: withoutTags(prose), code: command.text },
    ...(heading ? { title: `${heading}: ${command.text}` } : {}),
  };
}

/** The text of a page as Markdown: without the tags of MDX that stand in lines of their own. */
function withoutTags(lines: readonly string[]): string {
  return lines
    .filter((line) => !/^\s*<\/?[A-Z]\w*\b[^`]*>\s*$/.test(line))
    .join("\n")
    .trim();
}

/** A file's content: without the line that only labels it. */
function contentOf({ content }: Block): string {
  return content.replace(/^\[(?:secondary_)?label [^\]]+\]\n/, "");
}

function titleOf(text: string, file: string): string {
  const front = /^\uFEFF?---\r?\n([\s\S]*?)\r?\n---/.exec(text)?.[1] ?? "";
  const title = /^title:\s*["']?(.*?)["']?\s*$/m.exec(front)?.[1] ?? /^#\s+(.*)$/m.exec(text)?.[1];
  return title?.trim() || basename(file);
}

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
 * @throws Failure of kind "layout" for a page that cannot be read, or that runs nothing
 */
export async function loadPage(file: string): Promise<Guide> {
  const bytes = readRegularFile(file, PAGE_LIMIT);
  if (!bytes) throw new Failure("layout", `${file} cannot be read.`);
  const text = bytes.toString("utf8");
  const blocks = classify(await readBlocks(text));
  const clients = clientsOf(blocks);
  const follower = follow(blocks, clients, file, pageLines(text));
  const page: Page = { file, blocks, runs: follower.pageRuns };
  if (!follower.runs.some(({ inPage }) => inPage?.kind === "lines")) {
    throw new Failure(
      "layout",
      `${file} has nothing to verify: no output on it belongs to a command that runs a file of the page. See what each block is: ${commandFor(file)} --list`,
    );
  }
  return {
    ...{ directory: dirname(file), command: commandFor(file), title: titleOf(text, file) },
    ...{ steps: follower.runs.map(({ step }) => step), runs: follower.runs, drivers: clients },
    ...{ ownDrivers: [], lesson: [], tables: [], environment: {}, page },
  };
}

/** Describes each block of a page in one line: its line, what it is, and why it is not verified. */
export function listBlocks({ file, blocks }: Page, runs: readonly Run[]): string {
  const outputs = new Map(
    runs.flatMap(({ inPage, step }) =>
      inPage?.kind === "lines" ? [[inPage.first, step.title] as const] : [],
    ),
  );
  const lines = blocks.map(({ block, fate }) => {
    const where = `${basename(file)}:${block.line + 1}`;
    const tab = block.tab ? ` (${block.tab.label})` : "";
    return `${where}  ${describeFate({ block, fate }, outputs)}${tab}`;
  });
  return `${lines.join("\n")}\n`;
}

function describeFate({ block, fate }: ReadBlock, outputs: ReadonlyMap<number, string>): string {
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
  return [...new Set(programs.map((name) => (name === "tsx" ? "node" : name)))].slice(0, 1);
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
        const one = {
          run,
          output: here,
          needs: { command, files: now, variables: new Map(variables) },
        };
        open.push(one);
        return one;
      });
      waitingSection = block.section;
    } else if (fate.kind === "none" && fate.why === "it runs no file of the page") {
      waiting = [];
    } else if (fate.kind === "output") {
      const [first, ...rest] = waiting;
      const isFar = block.section !== waitingSection && first?.output.kind === "lines";
      if (!first || isFar || parts.has(first.needs.command.file)) continue;
      first.output = {
        ...{ kind: "lines", file, name: `${name}:${block.first + 1}` },
        ...{ first: block.first, last: block.last, prefix: block.prefix, fence: block.fence },
      };
      waiting = rest.length > 0 ? rest : [first];
      if (rest.length === 0) waiting = [];
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

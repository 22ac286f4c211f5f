import { isUtf8 } from "node:buffer";
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Failure } from "../common/failure.ts";
import { commandFor } from "../common/project.ts";
import { readRegularFile } from "../common/read-files.ts";
import type { Guide } from "../guide/guide.ts";
import { redirect } from "../run/redirect-connections.ts";
import { classify } from "./classify/classify.ts";
import { clientsOf, withoutOtherTabs } from "./follow/clients.ts";
import { followPage } from "./follow/follow-page.ts";
import { describeBlocks } from "./list-blocks.ts";
import type { Fate, Page, PageOptions, PageRun, ReadBlock } from "./page.ts";
import { refuserOf } from "./read/directives.ts";
import { includesIn } from "./read/prose.ts";
import { frontMatterEnd, pageLines, readBlocks } from "./read/read-blocks.ts";
import { sampleOf } from "./sample.ts";
import { type PageSettings, readSettings, setupsOf } from "./settings.ts";
import { findStatement, reachesBeyond as reaches } from "./sql/parse/reaches-beyond.ts";

const PAGE_LIMIT = 64 * 1024 ** 2;

/**
 * Reads a Markdown page as a guide: the files that it names, the commands that run them, in their order,
 * and the outputs that it shows.
 * @throws Failure of kind "layout" for a page that cannot be read
 */
export async function loadPage(file: string, options: PageOptions = {}): Promise<Guide> {
  const bytes = readRegularFile(file, PAGE_LIMIT);
  if (!bytes) throw new Failure("layout", `${file} cannot be read.`);
  if (!isUtf8(bytes)) throw new Failure("layout", `${file} is not in UTF-8. Save it as UTF-8.`);
  const text = bytes.toString("utf8");
  const lines = pageLines(text);
  const refuse = refuserOf(basename(file));
  const { blocks: found, text: seen, inFence } = await readBlocks(lines, refuse);
  const read = classify(found, refuse);
  const clients = clientsOf(read, refuse);
  const settings = await readSettings(file, lines);
  const followed = withoutOtherTabs(read, clients);
  const leftOut = read.flatMap(({ block, fate }, index) => {
    const now = followed[index]?.fate;
    if (fate.kind !== "run" || now === undefined || !("why" in now)) return [];
    const [command] = fate.commands;
    return [`Not run: ${command?.text}, ${basename(file)}:${block.line + 1}. ${sentence(now.why)}`];
  });
  const blocks = withLoadedFiles(followed, settings, file);
  const reader = { file, lines: seen, clients, isStrict: options.strict ?? false };
  const follower = followPage(blocks, reader, setupsOf(settings, file), refuse);
  // SQL is sent by both drivers: what differs from run to run is not documented by any output.
  const sqlDrivers = new Map(
    clients.map((client, index) => [client, index % 2 === 0 ? "pg" : "postgres"] as const),
  );
  const runs = follower.pageRuns;
  const reachesBeyond = [...runs.values()].some(
    (run) => run.kind === "sql" && findStatement(run.sql, reaches) !== undefined,
  );
  const listed = [...describeBlocks(blocks, follower, sqlDrivers), ...includesIn(seen, inFence)];
  listed.sort((one, other) => one.line - other.line);
  const page: Page = {
    file,
    bytes,
    settings,
    options,
    blocks,
    listed,
    leftOut,
    sqlDrivers,
    reachesBeyond,
    runs,
    newest: newestIn(text),
    scripts: () => scriptsOf([...runs.values()]),
  };
  return {
    directory: dirname(file),
    command: commandFor(file),
    title: titleOf(lines, file),
    steps: follower.runs.map(({ step }) => step),
    runs: follower.runs,
    drivers: clients,
    ownDrivers: [],
    lesson: [],
    page,
    environment: settings.timeZone === undefined ? {} : { TZ: settings.timeZone },
    ...(settings.sample === undefined ? {} : { sample: sampleOf(settings.sample) }),
  };
}

/**
 * Settle the commands that give psql a file which the page does not show: what the settings load is loaded
 * already, and what is only next to the page needs a setting.
 */
function withLoadedFiles(
  blocks: readonly ReadBlock[],
  { sample, setup }: PageSettings,
  page: string,
): ReadBlock[] {
  const loaded = new Set(
    [sample ?? "", ...setup.map(({ file }) => file)].map((file) => basename(file)),
  );
  const settle = (fate: Fate): Fate => {
    if (fate.kind !== "command" || fate.file === undefined) return fate;
    if (loaded.has(basename(fate.file))) return { kind: "preparation", lines: [] };
    if (!existsSync(join(dirname(page), fate.file))) return fate;
    const setting = `"sample: ${fate.file}" below "guide:" in its front matter`;
    return {
      ...fate,
      why: `${fate.file} is a file next to the page: to load it, write ${setting}`,
    };
  };
  return blocks.map(({ block, fate }) => ({ block, fate: settle(fate) }));
}

/** All versions of a file are one text. */
function scriptsOf(runs: readonly PageRun[]): Map<string, string> {
  const versions = new Map<string, Set<string>>();
  const followed = runs.flatMap((run) => (run.kind === "command" ? [...run.clients.values()] : []));
  for (const { text, words } of followed.map(({ command }) => command)) {
    // Any of them may be the name of a database.
    const named = words.map((word) => `database="${word.replace(/^.*=/, "")}"`);
    if (named.length > 0) versions.set(text, new Set(named));
  }
  for (const [path, text] of followed.flatMap(({ files }) => [...files()])) {
    if (!/\.(?:[cm]?[jt]sx?|py|json|ya?ml|toml|ini|cfg)$/.test(path)) continue;
    versions.set(path, (versions.get(path) ?? new Set()).add(text));
  }
  const nowhere = { DATABASE_URL: "", PGHOST: "", PGPORT: "", PGDATABASE: "" };
  return new Map(
    [...versions].map(([path, texts]) => {
      const redirected = [...texts].map((text) => redirect(path, text, nowhere).text);
      return [path, redirected.join("\n")];
    }),
  );
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** True if a page shows an output of something that is run. */
export function isDocumented({ runs, page }: Guide): boolean {
  const isRun = (name: string) => page?.runs.get(name)?.kind !== "left out";
  return runs.some(({ inPage, name }) => inPage?.kind === "lines" && isRun(name));
}

/** @throws Failure of kind "layout" for a page without an output that can be verified */
export function refuseUndocumented(guide: Guide): void {
  const { command, page } = guide;
  if (!page || isDocumented(guide)) return;
  const refused = guide.runs.flatMap(({ name, line, step }) => {
    const run = page.runs.get(name);
    return run?.kind === "left out" && step.code !== "" ? `in line ${line}, ${run.reason}` : [];
  });
  const why =
    refused[0] ?? "it shows no output of SQL, or of a command that runs a file of the page.";
  throw new Failure(
    "layout",
    `${page.file} has nothing to verify: ${why} See what each block is: ${command} --list`,
  );
}

/** Majors have had one number since PostgreSQL 10. */
function newestIn(text: string): number {
  const named = [...text.matchAll(/\bPostgre(?:s|SQL)[ -]v?([1-9]\d)\b/gi)];
  return Math.max(0, ...named.map(([, version]) => Number(version)));
}

function titleOf(lines: readonly string[], file: string): string {
  const front = lines.slice(0, frontMatterEnd(lines)).join("\n");
  const title = /^title:\s*["']?(.*?)["']?\s*$/m.exec(front)?.[1];
  const heading = /^#\s+(.*)$/m.exec(lines.join("\n"))?.[1];
  return (title ?? heading)?.trim() || basename(file);
}

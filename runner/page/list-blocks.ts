import { basename } from "node:path";
import type { Followed } from "./follow/follow-page.ts";
import type { ListedBlock, Page, ReadBlock } from "./page.ts";
import type { PageSettings } from "./settings.ts";

/** Prints a page as its blocks, one in a line. */
export function listBlocks({ file, settings, listed }: Page): string {
  const name = basename(file);
  const lines = listed.map(({ line, fate, what, clients }) => {
    const own = clients.length > 0 ? ` (${clients.join(", ")})` : "";
    return `${name}:${line}  ${fate.padEnd(11)}  ${what}${own}`;
  });
  const set = describeSettings(settings);
  const head = set === "" ? [] : [`${name}:1  settings     ${set}`];
  return `${[...head, ...lines].join("\n")}\n`;
}

/** Describes the blocks of a page: their lines, what they are, and why one is not verified. */
export function describeBlocks(
  blocks: readonly ReadBlock[],
  { runs, pageRuns }: Followed,
  sqlDrivers: Page["sqlDrivers"],
): ListedBlock[] {
  const outputs = new Map(
    runs.flatMap(({ inPage, step, name }) => {
      if (inPage?.kind !== "lines") return [];
      const needs = pageRuns.get(name);
      const isLeftOut = needs?.kind === "left out";
      const listed = isLeftOut ? ["unverified", needs.reason] : ["output", `of ${step.title}`];
      return [[inPage.first, listed] as const];
    }),
  );
  return blocks.map(({ block, fate }) => {
    const [name = "", own = ""] = describeFate({ block, fate }, outputs, sqlDrivers);
    const [, hidden] = fate.kind === "output" ? [] : (outputs.get(block.first) ?? []);
    const text = hidden === undefined ? own : `${own}; not verified: ${hidden}`;
    return {
      line: block.line + (block.isTable ? 2 : 1),
      fate: name,
      what: block.directives.isSetup ? `${text}, setup` : text,
      clients: block.directives.clients ?? (block.tab ? [block.tab.label] : []),
    };
  });
}

function describeSettings(settings: PageSettings): string {
  const { timeZone, nullText, postgres, setup, sample } = settings;
  return [
    timeZone === undefined ? "" : `time zone ${timeZone}`,
    nullText === undefined ? "" : `NULL is "${nullText}"`,
    postgres === undefined ? "" : `PostgreSQL ${postgres} or newer`,
    ...setup.map(({ name, line }) => `setup ${name}:${line}`),
    sample === undefined ? "" : `sample database ${basename(sample)}`,
  ]
    .filter(Boolean)
    .join(", ");
}

const varied = ["unverified", "a directive says that it varies"];

function describeFate(
  { block, fate }: ReadBlock,
  outputs: ReadonlyMap<number, readonly string[]>,
  sqlDrivers: Page["sqlDrivers"],
): readonly string[] {
  switch (fate.kind) {
    case "file":
      return ["file", fate.path];
    case "part":
      return [
        fate.isWarning ? "ignored" : "part",
        fate.isWarning
          ? `the text above it says not to do it: what uses ${fate.path} later is not verified`
          : `of ${fate.path}: what runs it later is not verified`,
      ];
    case "continued":
      return ["continued", "added to the block above"];
    case "run":
      return ["run", fate.commands.map(({ text }) => text).join("; ")];
    case "output":
      return outputs.get(block.first + (fate.repeats ?? 0)) ?? varied;
    case "sql":
    case "session":
      return ["SQL", `sent by ${[...sqlDrivers.values()].join(" and ")}`];
    case "environment":
      return ["environment", [...fate.variables.keys()].join(", ")];
    case "preparation":
      return ["preparation", fate.lines.length > 0 ? "not run" : "the settings load it"];
    case "command":
      return ["not run", fate.why];
    case "none":
      return ["ignored", fate.why];
  }
}

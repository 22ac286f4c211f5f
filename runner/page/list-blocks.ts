import { basename } from "node:path";
import type { Run } from "../guide/guide.ts";
import type { Page, ReadBlock } from "./page.ts";
import type { PageSettings } from "./settings.ts";

/** Describes each block of a page in one line: its line, what it is, and why it is not verified. */
export function listBlocks(
  { file, settings, blocks, sqlDrivers }: Page,
  runs: readonly Run[],
): string {
  const outputs = new Map(
    runs.flatMap(({ inPage, step }) =>
      inPage?.kind === "lines" ? [[inPage.first, step.title] as const] : [],
    ),
  );
  const lines = blocks.map(({ block, fate }) => {
    const where = `${basename(file)}:${block.line + 1}`;
    const clients = block.directives.clients ?? (block.tab ? [block.tab.label] : []);
    const tab = clients.length > 0 ? ` (${clients.join(", ")})` : "";
    const setup = block.directives.isSetup ? ", set-up" : "";
    return `${where}  ${describeFate({ block, fate }, outputs, sqlDrivers)}${setup}${tab}`;
  });
  const set = describeSettings(settings);
  const head = set === "" ? [] : [`${basename(file)}:1  settings     ${set}`];
  return `${[...head, ...lines].join("\n")}\n`;
}

function describeSettings(settings: PageSettings): string {
  const { timeZone, nullText, postgres, setup, sample } = settings;
  return [
    timeZone === undefined ? "" : `time zone ${timeZone}`,
    nullText === undefined ? "" : `NULL is "${nullText}"`,
    postgres === undefined ? "" : `PostgreSQL ${postgres} or newer`,
    ...setup.map(({ name }) => `set-up ${name}`),
    sample === undefined ? "" : `sample database ${basename(sample)}`,
  ]
    .filter(Boolean)
    .join(", ");
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
    case "continued":
      return "continued    added to the block above";
    case "run":
      return `run          ${fate.commands.map(({ text }) => text).join("; ")}`;
    case "output": {
      const of = outputs.get(block.first);
      if (of !== undefined) return `output       of ${of}`;
      if (block.directives.volatile) return "unverified   a directive says that it varies";
      return "unverified   an output of nothing that is run";
    }
    case "sql":
    case "session":
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

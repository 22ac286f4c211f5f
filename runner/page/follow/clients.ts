import { hasNoExport, isCmd, isOtherShell, isShellLanguage } from "../languages.ts";
import type { Block, Fate, ReadBlock } from "../page.ts";
import { showsOutput } from "../read/announced-output.ts";
import type { RefuseAt } from "../read/directives.ts";
import type { System } from "../shell/shell-variables.ts";
import { tight } from "../sql/parse/split-statements.ts";

/**
 * Finds the clients of a page: the labels of tabs that show the same file, and those that directives
 * name; otherwise what runs the page's files, or the drivers that send its SQL.
 */
export function clientsOf(blocks: readonly ReadBlock[], refuse: RefuseAt): string[] {
  const named = blocks.flatMap(({ block, fate }) =>
    fate.kind === "file" || fate.kind === "run" ? (block.directives.clients ?? []) : [],
  );
  const labels = [...new Set([...labelsOfTabs(blocks), ...named])];
  const clients = labels.length > 0 ? labels : programsOf(blocks);
  for (const { block } of blocks) {
    const unknown = block.directives.clients?.find((label) => !clients.includes(label));
    if (unknown === undefined) continue;
    refuse(block.line, `There is no client "${unknown}". The clients: ${clients.join(", ")}.`);
  }
  return clients;
}

/**
 * A client needs every file: of groups with different labels, those count that most groups have. The
 * others show a choice that is not between clients.
 */
function labelsOfTabs(blocks: readonly ReadBlock[]): readonly string[] {
  const files = new Map<string, Set<string>>();
  for (const { block, fate } of blocks) {
    if (fate.kind !== "file" || !block.tab) continue;
    const key = `${block.tab.group} ${fate.path}`;
    files.set(key, (files.get(key) ?? new Set()).add(block.tab.label));
  }
  const sets = [...files.values()].filter((labels) => labels.size > 1).map((labels) => [...labels]);
  const keys = sets.map((labels) => JSON.stringify(labels.toSorted()));
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  const most = Math.max(0, ...new Set(counts.values()));
  return sets[keys.findIndex((key) => counts.get(key) === most)] ?? [];
}

function programsOf(blocks: readonly ReadBlock[]): string[] {
  const programs = blocks.flatMap(({ fate }) =>
    fate.kind === "run" ? fate.commands.map(({ program }) => program) : [],
  );
  const own = programs.filter((name) => name !== "psql");
  const names = [...new Set(own.map((name) => (name === "tsx" ? "node" : name)))];
  return names.length > 0 ? names.slice(0, 1) : ["pg", "postgres"];
}

/** The clients that a block is for: all of them, unless a directive or its tab says otherwise. */
export function clientsFor(
  { tab, directives }: Block,
  clients: readonly string[],
): readonly string[] {
  if (directives.clients) return directives.clients;
  return tab && clients.includes(tab.label) ? [tab.label] : clients;
}

function isCommand({ kind }: Fate): boolean {
  return ["run", "preparation", "command"].includes(kind);
}

/** Finds the shell for which a block is. On a page with commands for Unix, those of other shells are another way. */
export function systemsOf(blocks: readonly ReadBlock[]): (block: Block) => System {
  const hasUnix = blocks.some(
    ({ block, fate }) => isShellLanguage(block.language) && isCommand(fate),
  );
  return ({ language }) => ({
    isCmd: isCmd(language),
    hasNoExport: hasNoExport(language),
    isOther: hasUnix && isOtherShell(language),
  });
}

/**
 * Leaves out what a reader does not do who has chosen a tab: the tabs of other readers next to those of
 * clients, and all but the first of tabs that are a choice of another kind, such as npm or yarn.
 */
export function withoutOtherTabs(
  blocks: readonly ReadBlock[],
  clients: readonly string[],
): ReadBlock[] {
  const labels = new Map<number, string[]>();
  /** The SQL of each tab: only all of it makes two tabs the same. */
  const sent = new Map<string, string>();
  const tabOf = ({ tab }: Block) => `${tab?.group} ${tab?.label}`;
  for (const { block, fate } of blocks) {
    const { tab } = block;
    if (!tab) continue;
    labels.set(tab.group, [...(labels.get(tab.group) ?? []), tab.label]);
    if (fate.kind !== "sql") continue;
    sent.set(tabOf(block), `${sent.get(tabOf(block)) ?? ""}${tight(block.content)};`);
  }
  const first = new Map<string, string>();
  /** By their groups: the first tab with commands for Unix. */
  const ofUnix = new Map<number, string>();
  for (const { block, fate } of blocks.toReversed()) {
    if (block.tab && isShellLanguage(block.language) && isCommand(fate))
      ofUnix.set(block.tab.group, block.tab.label);
  }
  return blocks.map((one): ReadBlock => {
    const { block, fate } = one;
    const { tab } = block;
    if (!tab || clients.includes(tab.label) || block.directives.clients) return one;
    const unix =
      isOtherShell(block.language) && isCommand(fate) ? ofUnix.get(tab.group) : undefined;
    if (unix !== undefined && unix !== tab.label) return notFollowed(one, unix);
    const isOfClients = labels.get(tab.group)?.some((label) => clients.includes(label));
    const what = fate.kind === "sql" ? sent.get(tabOf(block)) : "path" in fate ? fate.path : "";
    const key = `${tab.group} ${fate.kind} ${what}`;
    const isSame = ["file", "run", "environment", "preparation", "sql"].includes(fate.kind);
    if (isSame && !first.has(key)) first.set(key, tab.label);
    const isOther = isSame && first.get(key) !== tab.label;
    if (!isOfClients && !isOther) return one;
    const chosen = isOfClients ? clients.join(" or ") : first.get(key);
    return notFollowed(one, chosen);
  });
}

function notFollowed({ block, fate }: ReadBlock, chosen = ""): ReadBlock {
  const why = `a reader who chose ${chosen} does not follow it`;
  return { block, fate: { kind: showsOutput(fate) ? "output" : "none", why } };
}

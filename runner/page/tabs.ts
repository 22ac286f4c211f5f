import type { Tab } from "./page.ts";
import type { Fence } from "./read-blocks.ts";

/** What is open at a line: a group of tabs, and perhaps one of its tabs. */
interface Group {
  readonly number: number;
  /** Ends it. Undefined for tabs that end with their indentation. */
  readonly ending: RegExp | undefined;
  readonly indentation: number;
  /** The labels by position, where the group has them all. */
  readonly labels: readonly string[];
  label: string | undefined;
  /** How many of its blocks were met. */
  count: number;
}

/**
 * Finds the blocks that a page shows side by side: `<CodeTabs labels={[…]}>`, `<Tabs>` with
 * `<TabItem label="…">`, `::: code-group` with `[label]` in the info lines, and `=== "label"` with
 * indented blocks.
 * @param lines of the page
 * @param inFence the lines that belong to a block
 * @returns tabs by the index of their fence
 */
export function findTabs(
  lines: readonly string[],
  fences: readonly Fence[],
  inFence: ReadonlySet<number>,
): Map<number, Tab> {
  const tabs = new Map<number, Tab>();
  const open: Group[] = [];
  let groups = 0;
  const begin = (ending: RegExp | undefined, labels: readonly string[] = [], indentation = 0) => {
    const group: Group = {
      ...{ number: groups++, ending, labels, indentation, label: undefined, count: 0 },
    };
    open.push(group);
    return group;
  };

  const begins = new Map(fences.map(({ line }, index) => [line, index]));
  lines.forEach((line, number) => {
    const index = begins.get(number);
    if (inFence.has(number) && index === undefined) return;
    const [, blanks = "", label] = /^(\s*)(?:={3}[!+]*\s+["'](.+)["']\s*$)?/.exec(line) ?? [];
    const isText = line.trim() !== "";
    while (isText && isLeft(open.at(-1), blanks.length, label !== undefined)) open.pop();
    if (index !== undefined) {
      meet(index);
      return;
    }
    const group = open.at(-1);
    if (label !== undefined) {
      const isNext = group && !group.ending && group.indentation === blanks.length;
      (isNext ? group : begin(undefined, [], blanks.length)).label = label;
    } else if (/<CodeTabs\b/.test(line)) begin(/<\/CodeTabs>/, labelsOf(lines, number));
    else if (/<Tabs\b/.test(line)) begin(/<\/Tabs>/, labelsOf(lines, number));
    else if (/^\s*:::+\s*code-group\b/.test(line)) begin(/^\s*:::+\s*$/);
    else if (group?.ending?.test(line)) open.pop();
    else if (group?.ending) readItem(group, line);
  });
  return tabs;

  function meet(index: number): void {
    const group = open.at(-1);
    const block = fences[index];
    if (!group || !block) return;
    const label = labelIn(group, block);
    if (label !== undefined) tabs.set(index, { group: group.number, label });
    group.count++;
  }
}

/** Tabs that have no ending are over where a line is indented no more than they are. */
function isLeft(group: Group | undefined, blanks: number, isLabel: boolean): boolean {
  if (!group || group.ending) return false;
  return isLabel ? blanks < group.indentation : blanks <= group.indentation;
}

function readItem(group: Group, line: string): void {
  const label = /<TabItem\b[^>]*\b(?:label|value)=\{?["']([^"']+)["']/.exec(line)?.[1];
  if (label !== undefined) group.label = label;
  else if (/<TabItem\b/.test(line)) group.label = group.labels[group.count];
  if (/<\/TabItem>/.test(line)) group.label = undefined;
}

function labelIn(group: Group, { info }: Fence): string | undefined {
  const named = /\[([^\]]+)\]/.exec(info)?.[1];
  return group.label ?? group.labels[group.count] ?? named;
}

/** Reads `labels={["a", "b"]}`, which may go on over several lines. */
function labelsOf(lines: readonly string[], from: number): string[] {
  const text = lines.slice(from, from + 20).join("\n");
  const list = /\blabels=\{\s*\[(?<list>[^\]]*)\]\s*\}/.exec(text)?.groups?.list ?? "";
  return [...list.matchAll(/"([^"]*)"|'([^']*)'/g)].map(([, one, other]) => one ?? other ?? "");
}

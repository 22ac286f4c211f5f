import type { Tab } from "./page.ts";
import type { Fence } from "./read-blocks.ts";

/** What is open at a line: a group of tabs, and perhaps one of its tabs. */
interface Group {
  readonly number: number;
  readonly ending: RegExp;
  /** The labels by position, where the group has them all. */
  readonly labels: readonly string[];
  label: string | undefined;
  /** How many of its blocks were met. */
  count: number;
}

/**
 * Finds the blocks that a page shows side by side: `<CodeTabs labels={[…]}>`, `<Tabs>` with
 * `<TabItem label="…">`, and `::: code-group` with `[label]` in the info lines.
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
  const begin = (ending: RegExp, labels: readonly string[] = []) =>
    open.push({ number: groups++, ending, labels, label: undefined, count: 0 });

  const begins = new Map(fences.map(({ line }, index) => [line, index]));
  lines.forEach((line, number) => {
    const index = begins.get(number);
    const group = open.at(-1);
    const block = index === undefined ? undefined : fences[index];
    if (block && index !== undefined && group) {
      const label = labelIn(group, block);
      if (label !== undefined) tabs.set(index, { group: group.number, label });
      group.count++;
    }
    if (inFence.has(number)) return;
    if (/<CodeTabs\b/.test(line)) begin(/<\/CodeTabs>/, labelsOf(lines, number));
    else if (/<Tabs\b/.test(line)) begin(/<\/Tabs>/, labelsOf(lines, number));
    else if (/^\s*:::+\s*code-group\b/.test(line)) begin(/^\s*:::+\s*$/);
    else if (group?.ending.test(line)) open.pop();
    else if (group) {
      const label = /<TabItem\b[^>]*\b(?:label|value)=\{?["']([^"']+)["']/.exec(line)?.[1];
      if (label !== undefined) group.label = label;
      else if (/<TabItem\b/.test(line)) group.label = group.labels[group.count];
      if (/<\/TabItem>/.test(line)) group.label = undefined;
    }
  });
  return tabs;
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

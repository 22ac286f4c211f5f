import type { Tab } from "../page.ts";
import type { Fence } from "./read-blocks.ts";

/** What is open at a line: a group of tabs, and perhaps one of its tabs. */
interface Group {
  readonly number: number;
  /** The name of its tag. Empty for tabs that end with their indentation. */
  readonly name: string;
  /** The line that ends it, if no tag does. */
  readonly ending: RegExp | undefined;
  readonly indentation: number;
  /** The labels by position, where the group has them all. */
  readonly labels: readonly string[];
  label: string | undefined;
  /** How many of its tabs were met. */
  count: number;
}

/** A tag or a directive of any generator: `<Tabs.Tab>`, `{% tab %}`, `{{< tab >}}`, `:::{tab-item}`, `@tab`. */
const tags =
  /(<|\{%-?\s*|\{\{[<%]\s*|^\s*:{3,}\s*\{?|^\s*@)(\/|end)?((?:code-?)?tab(?!l)[\w.-]*|code-?group)(?![\w.-])([^>%]*)/gi;

/** The names of what has several tabs, in small letters. */
const groups = /^(?:code-?)?(?:tabs|tab-?set|tab-?group|tabs\.root|group)$/;

/** They have the labels of tabs, and not what is in them. */
const buttons = /(?:list|trigger|button|label|nav)$/;

/**
 * Finds the blocks that a page shows side by side: in tags and directives whose names begin with "tab", or are
 * "CodeTabs" or "code-group", and below `=== "label"`, indented.
 * @returns tabs by the index of their fence
 */
export function findTabs(
  lines: readonly string[],
  fences: readonly Fence[],
  inFence: ReadonlySet<number>,
): Map<number, Tab> {
  const tabs = new Map<number, Tab>();
  const open: Group[] = [];
  let number = 0;
  const begin = (part: Partial<Group>) => {
    const none = { name: "", ending: undefined, labels: [], indentation: 0, label: undefined };
    const group: Group = { ...none, ...part, number: number++, count: 0 };
    open.push(group);
    return group;
  };

  const begins = new Map(fences.map(({ line }, index) => [line, index]));
  lines.forEach((line, at) => {
    const index = begins.get(at);
    if (inFence.has(at) && index === undefined) return;
    const [, blanks = "", label] = /^(\s*)(?:={3}[!+]*\s+["'](.+)["']\s*$)?/.exec(line) ?? [];
    const isText = line.trim() !== "";
    while (isText && isLeft(open.at(-1), blanks.length, label !== undefined)) open.pop();
    const group = open.at(-1);
    const block = index === undefined ? undefined : fences[index];
    if (index !== undefined && block) {
      if (group) tabs.set(index, { group: group.number, label: labelOf(group, block) });
    } else if (label !== undefined) {
      const isNext = group?.name === "" && group.indentation === blanks.length;
      (isNext ? group : begin({ indentation: blanks.length })).label = label;
    } else if (group?.ending?.test(line)) open.pop();
    else if (group && /^\s*:{3,}\s*$/.test(line)) group.label = undefined;
    else if (/^\s*[<{:@]/.test(line)) {
      const whole = line.includes(">") || !/^\s*</.test(line) ? line : tagAt(lines, at);
      for (const tag of whole.matchAll(tags)) readTag(tag);
    }
  });
  return tabs;

  function readTag([, mark = "", slash, written = "", rest = ""]: RegExpExecArray) {
    const name = written.toLowerCase();
    const group = open.at(-1);
    const isWhole = groups.test(name);
    if (buttons.test(name) || rest.endsWith("/")) return;
    if (slash !== undefined) {
      if (!isWhole && group) group.label = undefined;
      else if (group?.name === name) open.pop();
    } else if (isWhole) {
      const colons = /:+/.exec(mark)?.[0];
      const ending = colons && new RegExp(`^\\s*${colons}:*\\s*$`);
      begin({ name, ending: ending || undefined, labels: labelsIn(rest) });
    } else if (group) {
      group.label = labelIn(mark, rest) ?? nextLabel(group);
    }
  }
}

/** Tabs that have no ending are over where a line is indented no more than they are. */
function isLeft(group: Group | undefined, blanks: number, isLabel: boolean): boolean {
  if (!group || group.name !== "") return false;
  return isLabel ? blanks < group.indentation : blanks <= group.indentation;
}

/** A block outside of a tab is one of its own. */
function labelOf(group: Group, { info }: Fence): string {
  const named = /\[([^\]]+)\]/.exec(info)?.[1] ?? /^\S+\s+([\w. +-]+)$/.exec(info)?.[1];
  if (group.label !== undefined) return group.label;
  return (group.labels.length === 0 ? named : undefined) ?? nextLabel(group);
}

function nextLabel(group: Group): string {
  group.count++;
  return group.labels[group.count - 1] ?? `tab ${group.count}`;
}

/** The label in what is behind the name of a tab: in an attribute, in quotes, or all of it in a line of its own. */
function labelIn(mark: string, rest: string): string | undefined {
  const attribute = (names: string) =>
    new RegExp(`\\b(?:${names})=\\{?\\s*["'\`]([^"'\`]+)`).exec(rest)?.[1];
  const quoted = /(?<!=\{?\s*)["']([^"']+)["']/.exec(rest)?.[1];
  const words = /^[<{]/.test(mark) ? undefined : /^(?:\}|:active)?\s+([^#{]+)/.exec(rest)?.[1];
  return attribute("label|title") ?? attribute("value|name|header") ?? quoted ?? words?.trim();
}

/** A line, and what is below it up to the end of its tag. */
function tagAt(lines: readonly string[], at: number): string {
  const end = lines.slice(at, at + 20).findIndex((line) => />\s*$/.test(line));
  return lines.slice(at, at + Math.max(end, 0) + 1).join(" ");
}

/** Reads `labels={["a", "b"]}`. */
function labelsIn(attributes: string): string[] {
  const list = /\b(?:labels|items|tabs)=\{\s*\[([^\]]*)\]\s*\}/.exec(attributes)?.[1] ?? "";
  return [...list.matchAll(/"([^"]*)"|'([^']*)'/g)].map(([, one, other]) => one ?? other ?? "");
}

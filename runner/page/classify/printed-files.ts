import { isCode } from "../languages.ts";
import type { Block, Fate, ReadBlock } from "../page.ts";
import type { KnownFiles } from "../shell/shell-block.ts";
import { lastName } from "./file-sentence.ts";

/**
 * Notes that a block which looks like a file may be what a program prints, or writes.
 * @param above what is above it
 * @param blocks of the page
 */
export function mayBePrinted(
  { block, fate }: ReadBlock,
  above: readonly ReadBlock[],
  known: KnownFiles,
  blocks: readonly Block[],
): Fate {
  const isIgnored = block.directives.isIgnored === true;
  if (fate.kind !== "file" && (fate.kind !== "none" || isIgnored)) return fate;
  const path = fate.kind === "file" ? fate.path : lastName(block.above.slice(-2000));
  if (path === undefined) return fate;
  const name = path.replace(/^.*\//, "");
  const isBelowRun = fate.kind === "file" && above.at(-1)?.fate.kind === "run";
  if (isBelowRun && isUnread(block, name, blocks)) {
    const whyOutput = "it may be what is printed: nothing on the page reads the file";
    return { ...fate, whyOutput };
  }
  const isShown = known.files.has(path) || creates.test(block.above);
  if (isShown || !isWritten(name, above, known)) return fate;
  return { ...fate, whyOutput: "a program above may write this file" };
}

const creates = /\b(?:create|save|write|add|put|paste|copy|make|replace)\b/i;

/** True for data right below a run, with a name that no other block has. */
function isUnread(block: Block, name: string, blocks: readonly Block[]): boolean {
  if (isCode(block.language) || block.above !== "" || block.directives.file !== undefined) {
    return false;
  }
  return !blocks.some(({ line, content }) => line !== block.line && content.includes(name));
}

/** True if a program above that was run has the name. Where another one has it, too, that will find out. */
function isWritten(name: string, above: readonly ReadBlock[], { files, used }: KnownFiles) {
  const commands = above.flatMap(({ fate }) => (fate.kind === "run" ? fate.commands : []));
  const run = new Set(commands.map(({ file }) => file));
  const naming = [...files].filter(([, { content }]) => content.includes(name));
  const isReadLater = naming.some(([file]) => used.has(file) && !run.has(file));
  return !isReadLater && naming.some(([file]) => run.has(file));
}

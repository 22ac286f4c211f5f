import { readUnplaced } from "../classify/file-sentence.ts";
import { isCode, isOfLanguage } from "../languages.ts";
import type { Block, PageCommand, ReadBlock, UnrunCommand } from "../page.ts";
import { mayChangeRows } from "../shell/command-effects.ts";
import { clientsFor } from "./clients.ts";
import type { ReaderState } from "./reader-state.ts";

/** psql without a file. It may connect as another user. */
const opensPsql = /^\s*(?:sudo -u \S+ )?psql\b(?!.*\s-[fc]\b)/;
const user = /(?:-U\s*|--username[= ])["']?(\w+)/;

/**
 * Notes what a reader does and the runner does not: commands that are not run, code without a place, and edits that
 * only the text asks for. What comes later may depend on it.
 * @param open the runs so far
 */
export function noteUnrun(
  blocks: readonly ReadBlock[],
  states: ReadonlyMap<string, ReaderState>,
  open: readonly unknown[],
) {
  const hasRuns = () => open.length > 0;
  const clients = [...states.keys()];
  const statesFor = (block: Block) =>
    clientsFor(block, clients).flatMap((client) => states.get(client) ?? []);
  let changed: string | undefined;
  let otherUser: string | undefined;
  /** The block below a text that asks to change something, from 1. */
  let edited: number | undefined;

  function noteCommands(block: Block, commands: readonly UnrunCommand[]): void {
    const place = `in line ${block.line + 1}`;
    for (const { text, effect } of commands) {
      const unrun = `a command that is not run, ${place},`;
      for (const state of statesFor(block)) {
        for (const path of effect.files) state.lose(path, `${unrun} changes ${path}.`);
        if (effect.mayWrite) state.noteChange(`${unrun} may change`);
      }
      // At the beginning, there is nothing that it could change.
      const isBeginning = !hasRuns() && [...states.values()].every((state) => state.isEmpty());
      if (effect.isUnknown && !isBeginning) {
        changed = `it comes after a command that is not run, ${place}.`;
      } else if (opensPsql.test(text)) {
        const name = user.exec(text)?.[1] ?? "postgres";
        otherUser = name === "postgres" ? undefined : `it is for the user ${name}, ${place}.`;
      }
    }
  }

  function noteUnplaced(block: Block): void {
    const isOfFile = blocks.some(
      ({ fate }) => fate.kind === "file" && isOfLanguage(fate.path, block.language),
    );
    if (!isOfFile && hasRuns() && isCode(block.language) && mayChangeRows(block)) {
      changed = `it comes after code that is not run, in line ${block.line + 1}.`;
    }
    const unplaced = readUnplaced(block);
    for (const state of statesFor(block)) state.noteUnplaced(unplaced, block.line + 1);
  }

  /** What a reader changes in a file because only the text says so. */
  function noteEdits(block: Block, commands: readonly PageCommand[]): void {
    for (const { file, text } of edited === undefined ? [] : commands) {
      const reason = `the text above line ${edited} may ask to change`;
      for (const state of statesFor(block)) state.noteChange(reason, file, text);
    }
    edited = undefined;
  }

  return {
    /** Why the state may be different by now, in sentences. */
    unrun: () => ({ changed, otherUser }),
    /** A command that is not run, and that reaches something outside of the page. */
    noteRefused(block: Block): void {
      changed = `it comes after a command that is not run, in line ${block.line + 1}.`;
    },
    noteCommands,
    noteUnplaced,
    noteEdits,
    /** @param block the one below a text that asks for an edit; undefined once a block shows what is changed */
    expectEdit(block: Block | undefined): void {
      edited = block && block.line + 1;
    },
  };
}

import { readUnplaced } from "../classify/file-sentence.ts";
import { isCode, isOfLanguage } from "../languages.ts";
import type { Block, PageCommand, ReadBlock, UnrunCommand } from "../page.ts";
import { editIn } from "../read/edit-requests.ts";
import { typedInText } from "../read/typed-in-text.ts";
import { mayChangeRows } from "../shell/command-effects.ts";
import { opensPsql } from "../shell/psql-options.ts";
import { tight } from "../sql/parse/split-statements.ts";
import { clientsFor } from "./clients.ts";
import type { ReaderState } from "./reader-state.ts";

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
  /** The texts above commands since the last run, or file, and the line of the last block, from 1. */
  let told: { readonly line: number; readonly lines: readonly string[] } | undefined;

  const shown = tight(blocks.map(({ block }) => block.content).join("\n"));

  /** Notes what only the text between the block before and this one tells a reader to type. */
  function noteTyped(block: Block, lines: readonly string[]): void {
    // Before the first run, a text is about installing.
    if (!hasRuns() || !lines.some((line) => line.includes("`"))) return;
    const filesNow = () => {
      const files = [...(statesFor(block)[0]?.takeFiles(false).files() ?? [])];
      return new Map(files.map(([path, content]) => [path, { content }]));
    };
    const typed = typedInText(lines, shown, filesNow).map((one) => ({ ...one, at: 0 }));
    noteCommands(block, typed, `in the text above line ${block.line + 1}`);
  }

  function noteCommands(
    block: Block,
    commands: readonly UnrunCommand[],
    place = `in line ${block.line + 1}`,
  ): void {
    for (const { text, effect } of commands) {
      const unrun = `a command that is not run, ${place},`;
      for (const state of statesFor(block)) {
        for (const path of effect.files) state.lose(path, `${unrun} changes ${path}.`);
        if (effect.mayWrite) state.noteChange(`${unrun} may change`);
        state.readUnrun(text);
      }
      // At the beginning, there is nothing that it could change.
      const isBeginning = !hasRuns() && [...states.values()].every((state) => state.isEmpty());
      if (effect.isUnknown && !isBeginning) {
        changed = `it comes after a command that is not run, ${place}.`;
      } else if (opensPsql(text)) {
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
    const { line, lines } = told ?? {};
    told = undefined;
    if (line === undefined || lines === undefined) return;
    const request = editIn(lines);
    if (!request) return;
    const reason = `the text above line ${line} may ask to change`;
    for (const command of commands) {
      for (const state of statesFor(block)) state.noteEdit(reason, command, request);
    }
  }

  return {
    /** Why the state may be different by now, in sentences. */
    unrun: () => ({ changed, otherUser }),
    /** A command that is not run, and that reaches something outside of the page. */
    noteRefused(block: Block): void {
      changed = `it comes after a command that is not run, in line ${block.line + 1}.`;
    },
    noteCommands,
    noteTyped,
    noteUnplaced,
    noteEdits,
    /** Note the text between the block before and this one, which has commands or nothing that counts. */
    noteText(block: Block, lines: readonly string[]): void {
      if (lines.some((line) => line.trim() !== ""))
        told = { line: block.line + 1, lines: [...(told?.lines ?? []), ...lines] };
    },
    /** What a block shows needs no text. */
    forgetText(): void {
      told = undefined;
    },
  };
}

import { createInterface } from "node:readline/promises";
import wrapAnsi from "wrap-ansi";
import { type Context, isInteractive } from "../../runner/cli/program.ts";
import { Failure } from "../../runner/common/failure.ts";
import { visible } from "../../runner/common/visible.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import type { BoardLink } from "../board/board-link.ts";

export interface JoinOptions {
  /** The address of a board. */
  readonly board?: string;
  /** The learner's name on the board. */
  readonly name?: string;
}

/**
 * Join the board that a learner named. At a terminal, ask for a name if none is given, and for another one if
 * it is taken.
 * @returns undefined if no board is named
 * @throws Failure of kind "usage" for an address that is wrong
 */
export async function joinBoard(
  guide: Guide,
  { board, name }: JoinOptions,
  { note, signal }: Context,
): Promise<BoardLink | undefined> {
  if (board === undefined) {
    if (name === undefined) return undefined;
    throw new Failure("usage", "--name needs a board: add its address with --board.");
  }
  const { openBoardLink } = await import("../board/board-link.ts");
  const link = openBoardLink(guide, board, name);
  if (!isInteractive()) {
    note(link.promise());
    void link.join();
    return link;
  }
  const wrong = await link.check();
  if (wrong !== undefined) throw refused(wrong);

  /** Asks until the answer can be a name. @param byEnter the name if nothing is typed */
  async function rename(question: string, byEnter: string): Promise<void> {
    for (;;) {
      try {
        return link.rename((await ask(question, signal)) || byEnter);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        note(error.message);
      }
    }
  }

  if (name === undefined) {
    await rename(`Your name on the board (Enter for ${link.name()}): `, link.name());
  }
  for (;;) {
    const answer = await link.join();
    if (answer.kind === "refused") throw refused(answer.reason);
    if (answer.kind !== "name is taken") {
      const isLate = answer.kind === "later";
      const number = answer.kind === "joined" && answer.number;
      const asLearner = number ? `, learner ${number} on the board` : "";
      note(
        isLate
          ? "The board does not answer. Your progress is sent when it does."
          : `You are ${visible(link.name())}${asLearner}.`,
      );
      note(wrapAnsi(link.promise(), process.stdout.columns || 80));
      return link;
    }
    const { suggestion } = answer;
    const other = suggestion ? `Enter for ${suggestion}, or another name: ` : "Another name: ";
    await rename(`${visible(link.name())} is taken. ${other}`, suggestion ?? link.name());
  }
}

function refused(reason: string): Failure {
  return new Failure("usage", `The board refused you: ${reason}`);
}

/** Say good-bye to a board, and to the learner what became of the reports. */
export async function leaveBoard(link: BoardLink | undefined, { note }: Context): Promise<void> {
  await link?.close();
  const notice = link?.notice();
  if (notice) note(notice);
}

async function ask(question: string, signal: AbortSignal): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await terminal.question(question, { signal })).trim();
  } finally {
    terminal.close();
  }
}

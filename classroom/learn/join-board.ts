import { createInterface } from "node:readline/promises";
import { type Context, isInteractive } from "../../runner/cli/program.ts";
import { Failure } from "../../runner/common/failure.ts";
import { visible } from "../../runner/common/visible.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import type { OnAttempt } from "./progress.ts";

/** A line to a board on the wall. */
export interface BoardLink {
  /** What is sent, and what the learner should know at the end, for the screen. */
  readonly name: string;
  readonly promise: string;
  readonly notice: string | undefined;
  /** Says why nothing can be joined at this address, before a name is asked for. */
  check(): Promise<string | undefined>;
  /** Joins the board, the first time. */
  join(): Promise<
    | { readonly kind: "joined"; readonly number: number | undefined }
    | { readonly kind: "name is taken"; readonly suggestion: string | undefined }
    | { readonly kind: "refused"; readonly reason: string }
    | { readonly kind: "later" }
  >;
  tell(progress: {
    readonly exercise: string;
    readonly verdict: "to do" | "not yet" | "passed";
    readonly attempts: number;
    readonly hints: number;
  }): void;
  /** What the wall shows of the learner. */
  readonly needsHelp: boolean;
  toggleHelp(): boolean;
  close(): Promise<void>;
}

/** What `learn` uses of other parts of the classroom. */
export interface LearnParts {
  openBoardLink(guide: Guide, address: string, name: string | undefined): Promise<BoardLink>;
}

export interface BoardOptions {
  /** The address of a board. */
  readonly board?: string;
  /** The learner's name on the board. */
  readonly name?: string;
}

/** @returns undefined if no board is named */
async function openLink(
  guide: Guide,
  { board, name }: BoardOptions,
  { openBoardLink }: LearnParts,
): Promise<BoardLink | undefined> {
  if (board !== undefined) return openBoardLink(guide, board, name);
  if (name === undefined) return undefined;
  throw new Failure("usage", "--name needs a board: add its address with --board.");
}

/**
 * Join the board that a learner named. At a terminal, ask for a name if none is given, and for another one if
 * it is taken.
 * @returns undefined if no board is named
 * @throws Failure of kind "usage" for an address that is wrong
 */
export async function joinBoard(
  guide: Guide,
  options: BoardOptions,
  context: Context,
  parts: LearnParts,
): Promise<BoardLink | undefined> {
  /** Asks until the answer can be a name. @param byEnter the name if nothing is typed */
  async function rename(question: string, byEnter: string, old: BoardLink): Promise<BoardLink> {
    for (;;) {
      const name = (await ask(question, context.signal)) || byEnter;
      if (name === old.name) return old;
      try {
        const link = await openLink(guide, { ...options, name }, parts);
        await old.close(); // on the wall, an earlier name has left
        return link ?? old;
      } catch (error) {
        if (!(error instanceof Failure) || error.kind !== "usage") throw error;
        context.note(error.message);
      }
    }
  }

  let link = await openLink(guide, options, parts);
  if (!link) return undefined;
  if (!isInteractive()) {
    context.note(link.promise);
    void link.join();
    return link;
  }
  const wrong = await link.check();
  if (wrong !== undefined) throw new Failure("usage", `The board refused you: ${wrong}`);
  if (options.name === undefined) {
    const question = `Your name on the board (Enter for ${link.name}): `;
    link = await rename(question, link.name, link);
  }
  for (;;) {
    const answer = await link.join();
    if (answer.kind === "later") {
      context.note("The board does not answer. Your progress is sent when it does.");
    } else if (answer.kind === "joined") {
      const number = answer.number === undefined ? "" : `, learner ${answer.number} on the wall`;
      context.note(`You are ${visible(link.name)}${number}.`);
    } else if (answer.kind === "refused") {
      await link.close();
      throw new Failure("usage", `The board refused you: ${answer.reason}`);
    } else {
      const { suggestion } = answer;
      const taken = `${visible(link.name)} is taken.`;
      const other =
        suggestion === undefined ? "Another name: " : `Enter for ${suggestion}, or another name: `;
      link = await rename(`${taken} ${other}`, suggestion ?? link.name, link);
      continue;
    }
    context.note(link.promise);
    return link;
  }
}

/** Tells a board, if there is one, of each attempt. */
export function tellBoard(link: BoardLink | undefined): OnAttempt {
  return ({ name: exercise }, { kind }, { attempts, hints }) => {
    const verdict = kind === "passed" || kind === "to do" ? kind : "not yet";
    link?.tell({ exercise, verdict, attempts, hints });
  };
}

/** Say good-bye to a board, and to the learner what became of the reports. */
export async function leaveBoard(link: BoardLink | undefined, { note }: Context): Promise<void> {
  await link?.close();
  if (link?.notice) note(link.notice);
}

async function ask(question: string, signal: AbortSignal): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await terminal.question(question, { signal })).trim();
  } finally {
    terminal.close();
  }
}

import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { Failure, hasCode, messageOf } from "../../runner/common/failure.ts";
import { isRecord, writeWhole } from "../../runner/common/files.ts";
import { isLearner, type Learner } from "./learners.ts";

/** What a board has to remember: a board that is started again goes on where it was. */
export interface BoardFile {
  /** Whoever knows it may look, and report. */
  readonly code: string;
  readonly learners: readonly Learner[];
  /** Where the board is served that wrote it. */
  readonly address?: string | undefined;
}

/** Without letters and digits that look alike: it is typed from a wall. */
const alphabet = "23456789abcdefghjkmnpqrstuvwxyz";

/** 12 of 31 characters: at a thousand guesses a second, it takes ten million years. */
const CODE_LENGTH = 12;

const codeForm = new RegExp(`^[${alphabet}]{${CODE_LENGTH}}$`);

const ANSWER_MS = 1000;

/**
 * Reads the state of an earlier board, or begins a new one.
 * @throws Failure of kind "usage" where there is something else in the file
 */
export function readBoard(file: string): BoardFile {
  let board: unknown;
  try {
    board = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (hasCode(error, "ENOENT")) return { code: newCode(), learners: [] };
    throw new Failure("usage", `${file} cannot be read. ${messageOf(error)}`);
  }
  if (isBoard(board)) return board;
  throw new Failure("usage", `${file} is no board's state. Move it away.`);
}

function isBoard(value: unknown): value is BoardFile {
  if (!isRecord(value)) return false;
  const { code, learners, address } = value;
  if (typeof code !== "string" || !codeForm.test(code)) return false;
  if (address !== undefined && typeof address !== "string") return false;
  return Array.isArray(learners) && learners.every(isLearner);
}

/**
 * Of two boards with one file, each would overwrite what the other knows.
 * @throws Failure of kind "usage" where the board that wrote the file is still served
 */
export async function refuseSecond(file: string, { address }: BoardFile): Promise<void> {
  if (address === undefined) return;
  const isServed = await fetch(address, { signal: AbortSignal.timeout(ANSWER_MS) }).then(
    ({ ok }) => ok,
    () => false,
  );
  if (!isServed) return;
  throw new Failure(
    "usage",
    `A board with the state ${file} is already served at ${address}. End it first.`,
  );
}

/**
 * Replaces the file as a whole: a board that is killed leaves the old state or the new one.
 * @throws Failure of kind "usage"
 */
export function writeBoard(file: string, board: BoardFile): void {
  try {
    writeWhole(file, `${JSON.stringify(board)}\n`, 0o600);
  } catch (error) {
    const advice = "Make room, or move away what is in the way.";
    throw new Failure("usage", `The board's state is not saved. ${messageOf(error)}. ${advice}`);
  }
}

function newCode(): string {
  return Array.from({ length: CODE_LENGTH }, () => alphabet[randomInt(alphabet.length)]).join("");
}

import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { Failure, hasCode, messageOf } from "../failure.ts";
import { writeWhole } from "../files.ts";
import type { Learner } from "./learners.ts";

/** What a board has to remember: a board that is started again goes on where it was. */
export interface BoardFile {
  /** Whoever knows it may look, and report. */
  readonly code: string;
  readonly learners: readonly Learner[];
}

/** Without letters and digits that look alike: it is typed from a wall. */
const alphabet = "23456789abcdefghjkmnpqrstuvwxyz";

/** 12 of 31 characters: at a thousand guesses a second, it takes ten million years. */
const CODE_LENGTH = 12;

/**
 * Reads the state of an earlier board, or begins a new one.
 * @throws Failure of kind "usage" where there is something else in the file
 */
export function readBoard(file: string): BoardFile {
  try {
    const { code, learners } = JSON.parse(readFileSync(file, "utf8"));
    if (typeof code === "string" && Array.isArray(learners)) return { code, learners };
  } catch (error) {
    if (hasCode(error, "ENOENT")) return { code: newCode(), learners: [] };
    throw new Failure("usage", `${file} cannot be read. ${messageOf(error)}`);
  }
  throw new Failure("usage", `${file} is no board's state. Move it away.`);
}

/** Replaces the file as a whole: a board that is killed leaves the old state or the new one. */
export function writeBoard(file: string, board: BoardFile): void {
  writeWhole(file, `${JSON.stringify(board)}\n`, 0o600);
}

function newCode(): string {
  return Array.from({ length: CODE_LENGTH }, () => alphabet[randomInt(alphabet.length)]).join("");
}

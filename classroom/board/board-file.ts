import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { Failure, hasCode, messageOf } from "../../runner/common/failure.ts";
import { isRecord } from "../../runner/common/json.ts";
import { writeWhole } from "../../runner/common/write-files.ts";
import { isLearner, type Learner } from "./learners.ts";

/** The state of a board, on disk: a board that is started again continues with it. */
export interface BoardState {
  /** Needed to see the board, and to report to it. */
  readonly code: string;
  readonly learners: readonly Learner[];
  /** The address of the board that wrote the file. */
  readonly address?: string | undefined;
  /** The digest of the table that the board wrote. */
  readonly table?: string | undefined;
}

/** Without characters that look alike: people read the code from a screen and type it. */
const alphabet = "23456789abcdefghjkmnpqrstuvwxyz";

/** 12 of 31 characters: at a thousand guesses a second, it takes ten million years. */
const CODE_LENGTH = 12;

const codeForm = new RegExp(`^[${alphabet}]{${CODE_LENGTH}}$`);

/**
 * Reads the state of an earlier board, or makes a new one.
 * @throws Failure of kind "usage" if the file contains something else
 */
export function readBoard(file: string): BoardState {
  let state: unknown;
  try {
    state = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (hasCode(error, "ENOENT")) return { code: newCode(), learners: [] };
    throw new Failure("usage", `Cannot read ${file}: ${messageOf(error)}. Move it away.`);
  }
  if (isState(state)) return state;
  throw new Failure("usage", `${file} is not the state of a board. Move it away.`);
}

function isState(value: unknown): value is BoardState {
  if (!isRecord(value)) return false;
  const { code, learners, address, table } = value;
  if (typeof code !== "string" || !codeForm.test(code)) return false;
  if (![address, table].every((one) => one === undefined || typeof one === "string")) return false;
  return Array.isArray(learners) && learners.every(isLearner);
}

function newCode(): string {
  return Array.from({ length: CODE_LENGTH }, () => alphabet[randomInt(alphabet.length)]).join("");
}

const ANSWER_MS = 1000;

/**
 * Makes sure that no other board uses the file: each would overwrite what the other saved.
 * @throws Failure of kind "usage" if the board that wrote it is still running
 */
export async function refuseSecond(file: string, { address }: BoardState): Promise<void> {
  if (address === undefined) return;
  const isRunning = await fetch(address, { signal: AbortSignal.timeout(ANSWER_MS) }).then(
    ({ ok }) => ok,
    () => false,
  );
  if (!isRunning) return;
  const message = `A board that uses ${file} is already running at ${address}. Stop it first.`;
  throw new Failure("usage", message);
}

const SOON_MS = 500;

/** Save the state as a whole: a board that is killed leaves the old one or the new one. */
export function saveBoard(file: string, state: BoardState): void {
  writeWhole(file, `${JSON.stringify(state)}\n`, 0o600);
}

/**
 * Saves the state soon after each change. If that fails, the board continues.
 * @param note is told why the state is not saved: once for each reason, and again by `now`
 */
export function openAutoSave(save: () => void, note: (message: string) => void) {
  let soon: NodeJS.Timeout | undefined;
  let noted: string | undefined;

  function trySave(): boolean {
    soon = undefined;
    try {
      save();
      noted = undefined;
    } catch (error) {
      const message = `Cannot save the board's state: ${messageOf(error)}. Make space on the disk, or move away what is in the way.`;
      if (message !== noted) note(message);
      noted = message;
    }
    return noted === undefined;
  }

  return {
    changed() {
      soon ??= setTimeout(trySave, SOON_MS);
    },
    /** Saves now, and cancels what was to be saved soon. @returns false if that failed */
    now(): boolean {
      clearTimeout(soon);
      noted = undefined;
      return trySave();
    },
  };
}

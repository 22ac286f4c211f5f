import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../files.ts";
import type { Guide } from "../guide/guide.ts";
import { exercisesOf } from "../learn/load-course.ts";
import type { News } from "./report.ts";

/** What a learner's machine remembers of a board. */
export interface Remembered {
  readonly name: string;
  readonly secret: string;
  /** The last news of each exercise that the board has not heard. */
  readonly unsent: Readonly<Record<string, News>>;
}

export interface BoardMemory {
  readonly now: Remembered;
  /** Writes it down at once. What another terminal has written of another board stays. */
  keepUnsent(unsent: Remembered["unsent"]): void;
}

/**
 * @param board its address
 * @param name undefined for the one from the last time, or for one that says nothing
 */
export function openBoardMemory(
  guide: Guide,
  board: string,
  name: string | undefined,
): BoardMemory {
  const file = join(exercisesOf(guide), "board-link.json");
  let now = rememberAs(readAll(file)[board], name);
  return {
    get now() {
      return now;
    },
    keepUnsent(unsent) {
      now = { ...now, unsent };
      const all = { ...readAll(file), [board]: now };
      writeWhole(file, `${JSON.stringify(all, null, 2)}\n`, 0o600);
    },
  };
}

/** Another name is somebody else to the board, with a secret of its own. */
function rememberAs(before: Remembered | undefined, name: string | undefined): Remembered {
  if (before && (name === undefined || name === before.name)) return before;
  const secret = randomBytes(24).toString("base64url");
  const anybody = `learner-${randomBytes(3).toString("hex")}`;
  return { name: name ?? anybody, secret, unsent: before?.unsent ?? {} };
}

function readAll(file: string): Record<string, Remembered> {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return {}; // no board yet
  }
}

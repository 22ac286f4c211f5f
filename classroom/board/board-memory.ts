import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { isRecord, readMemory, writeWhole } from "../../runner/common/files.ts";
import { exercisesDirectory } from "../../runner/guide/exercises.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import { type News, reportOf } from "./report.ts";

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
  guide: Pick<Guide, "directory">,
  board: string,
  name: string | undefined,
): BoardMemory {
  const file = join(exercisesDirectory(guide), "board-link.json");
  let now = rememberAs(readAll(file)[board] ?? [], name);
  return {
    get now() {
      return now;
    },
    keepUnsent(unsent) {
      now = { ...now, unsent };
      const all = readAll(file);
      const others = (all[board] ?? []).filter((one) => one.name !== now.name);
      const text = JSON.stringify({ ...all, [board]: [now, ...others] }, null, 2);
      try {
        writeWhole(file, `${text}\n`, 0o600);
      } catch {
        // Only the next run forgets: the name, and what the board has not heard.
      }
    },
  };
}

/**
 * Another name is somebody else to the board, with a secret of its own.
 * @param known the names that the board was told, the last one first
 */
function rememberAs(known: readonly Remembered[], name: string | undefined): Remembered {
  const [last] = known;
  const before = name === undefined ? last : known.find((one) => one.name === name);
  if (before) return before;
  const secret = randomBytes(24).toString("base64url");
  const anybody = `learner-${randomBytes(3).toString("hex")}`;
  return { name: name ?? anybody, secret, unsent: last?.unsent ?? {} };
}

function readAll(file: string): Record<string, readonly Remembered[]> {
  const all = Object.entries(readMemory(file));
  return Object.fromEntries(
    all.map(([board, known]) => [board, Array.isArray(known) ? known.filter(isRemembered) : []]),
  );
}

function isRemembered(value: unknown): value is Remembered {
  if (!isRecord(value) || !isRecord(value.unsent)) return false;
  return reportOf({ ...value, news: Object.values(value.unsent) }) !== undefined;
}

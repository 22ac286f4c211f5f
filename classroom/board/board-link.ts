import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Failure } from "../../runner/common/failure.ts";
import { isRecord, readRecord, writeWhole } from "../../runner/common/files.ts";
import { exercisesDirectory } from "../../runner/guide/exercises.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import { isName, type Progress, readReport } from "./report.ts";

const ANSWER_MS = 2000;
const CLOSE_MS = 1000;

/**
 * Opens a link that tells a board how far a learner is. The learner never waits for it.
 * @param address the board's, with its code
 * @param name undefined for the one from the last time, or for an anonymous one
 * @throws Failure of kind "usage" for an invalid address or name
 */
export function openBoardLink(
  { directory }: Pick<Guide, "directory">,
  address: string,
  name: string | undefined,
) {
  const board = readAddress(address);
  if (name !== undefined && !isName(name)) {
    const rule = "Use up to 40 visible characters, and letters of one script in each word.";
    throw new Failure("usage", `"${name}" cannot be a name on the board. ${rule}`);
  }
  let entry = findEntry(directory, board.href, name);
  let notice: string | undefined;
  let sending: Promise<void> | undefined;

  function keep(unsent: LinkEntry["unsent"]): void {
    entry = { ...entry, unsent };
    saveEntry(directory, board.href, entry);
  }

  async function send(): Promise<void> {
    const sent = entry.unsent;
    const answer = await post(new URL("report", board), entry);
    if (answer.kind === "refused") {
      notice = `The board at ${board.host} refused your report: ${answer.reason}`;
    } else if (answer.kind === "taken") {
      const left = Object.entries(entry.unsent).filter(([key, one]) => sent[key] !== one);
      keep(Object.fromEntries(left));
      if (left.length > 0) await send();
    }
  }

  function start(): void {
    if (notice) return;
    sending ??= send().finally(() => {
      sending = undefined;
    });
  }

  start();
  return {
    /** Says what is sent. */
    promise: `The board at ${board.host} is told your name, ${entry.name}, and for each exercise the verdict and the number of attempts and hints. Nothing else.`,
    tell(progress: Progress) {
      keep({ ...entry.unsent, [progress.exercise]: progress });
      start();
    },
    /** Waits a moment for what is being sent. Unsent progress is sent with the next one. */
    async close() {
      const moment = new Promise((resolve) => setTimeout(resolve, CLOSE_MS).unref());
      await Promise.race([sending, moment]);
    },
    /** What the learner should know, for example that the name is taken. */
    get notice() {
      return notice;
    },
  };
}

/** @throws Failure of kind "usage" */
function readAddress(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url && /^https?:$/.test(url.protocol) && /^\/[^/]+\/?$/.test(url.pathname)) {
    return new URL(`${url.origin}${url.pathname.replace(/\/?$/, "/")}`);
  }
  const example = "http://192.168.1.5:7654/CODE/";
  throw new Failure("usage", `"${address}" is not a board's address. Example: ${example}`);
}

type PostAnswer =
  | { readonly kind: "taken" }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "later" };

async function post(url: URL, { name, secret, unsent }: LinkEntry): Promise<PostAnswer> {
  try {
    const { ok, status } = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name, secret, progress: Object.values(unsent) }),
      redirect: "error",
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (ok) return { kind: "taken" };
    if (status >= 500 || status === 429) return { kind: "later" };
    return { kind: "refused", reason: reasons[status] ?? `it answered ${status}.` };
  } catch {
    return { kind: "later" };
  }
}

/** Our own words: what an unknown server says is not shown. */
const reasons: Readonly<Record<number, string>> = {
  403: "another learner has this name. Choose another one with --name NAME.",
  404: "the code in the address is wrong. Copy the whole address.",
};

/** What a learner's machine keeps for a name on a board. */
interface LinkEntry {
  readonly name: string;
  readonly secret: string;
  /** The latest progress in each exercise that the board has not received. */
  readonly unsent: Readonly<Record<string, Progress>>;
}

/**
 * Finds or makes the entry of a name. Each name on each board has its own secret.
 * @param name undefined for the one that was used last on this board
 */
export function findEntry(directory: string, board: string, name: string | undefined): LinkEntry {
  const known = entriesOf(readRecord(fileIn(directory))[board]);
  const found = name === undefined ? known[0] : known.find((one) => one.name === name);
  return (
    found ?? {
      name: name ?? `learner-${randomBytes(3).toString("hex")}`,
      secret: randomBytes(24).toString("base64url"),
      unsent: known[0]?.unsent ?? {},
    }
  );
}

/** Saves an entry. The file's entries for other boards and names stay. */
export function saveEntry(directory: string, board: string, entry: LinkEntry): void {
  const file = fileIn(directory);
  const all = readRecord(file);
  const others = entriesOf(all[board]).filter((one) => one.name !== entry.name);
  try {
    writeWhole(
      file,
      `${JSON.stringify({ ...all, [board]: [entry, ...others] }, null, 2)}\n`,
      0o600,
    );
  } catch {
    // The exercise matters more. Only the next start forgets the name and the unsent progress.
  }
}

function fileIn(directory: string): string {
  return join(exercisesDirectory({ directory }), "board-link.json");
}

function entriesOf(value: unknown): LinkEntry[] {
  return Array.isArray(value) ? value.filter(isEntry) : [];
}

function isEntry(value: unknown): value is LinkEntry {
  if (!isRecord(value) || !isRecord(value.unsent)) return false;
  return readReport({ ...value, progress: Object.values(value.unsent) }) !== undefined;
}

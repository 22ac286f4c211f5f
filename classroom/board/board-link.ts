import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Failure } from "../../runner/common/failure.ts";
import { isRecord, readRecord } from "../../runner/common/json.ts";
import { writeWhole } from "../../runner/common/write-files.ts";
import { exercisesDirectory } from "../../runner/guide/exercises.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import { isName } from "./names.ts";
import { type Progress, type Report, readReport } from "./report.ts";

const ANSWER_MS = 2000;
const CLOSE_MS = 1000;
/** The board hears of a learner at least this often: see `presenceOf`. */
const PULSE_MS = 30_000;

const wrongCode = "the code in the address is wrong. Copy the whole address.";

/** What a board says to a learner who joins. */
type JoinAnswer =
  /** The number is the learner's on the board. */
  | { readonly kind: "joined"; readonly number: number | undefined }
  /** Another learner has the name. The suggestion is free. */
  | { readonly kind: "name is taken"; readonly suggestion: string | undefined }
  | { readonly kind: "refused"; readonly reason: string }
  /** It does not answer, or is busy. The progress is sent later. */
  | { readonly kind: "later" };

/** Tells a board how far a learner is. The learner only waits for it to join. */
export type BoardLink = ReturnType<typeof openBoardLink>;

/**
 * Open a link to a board.
 * @param address the board's, with its code
 * @param name undefined for the one from the last time, or for an anonymous one
 * @throws Failure of kind "usage" for an invalid address or name
 */
export function openBoardLink(
  { directory, title }: Pick<Guide, "directory" | "title">,
  address: string,
  name: string | undefined,
) {
  const board = readAddress(address);
  if (name !== undefined) refuseBadName(name);
  let entry = findEntry(directory, board.href, name);
  let help: boolean | undefined;
  let hasLeft = false;
  let refusal: Extract<JoinAnswer, { kind: "name is taken" | "refused" }> | undefined;
  let sending: Promise<JoinAnswer> | undefined;
  /** Undefined until the board is told something. */
  let pulse: NodeJS.Timeout | undefined;

  function keep(unsent: LinkEntry["unsent"]): void {
    entry = { ...entry, unsent };
    saveEntry(directory, board.href, entry);
  }

  async function send(): Promise<JoinAnswer> {
    const [sent, asked, leaving] = [entry.unsent, help, hasLeft];
    const answer = await post(new URL("report", board), { ...entry, guide: title, help, hasLeft });
    if (answer.kind === "name is taken" || answer.kind === "refused") refusal = answer;
    if (answer.kind !== "joined") return answer;
    const left = Object.entries(entry.unsent).filter(([key, one]) => sent[key] !== one);
    keep(Object.fromEntries(left));
    const isNew = left.length > 0 || asked !== help || leaving !== hasLeft;
    return isNew ? send() : answer;
  }

  function start(): Promise<JoinAnswer> {
    if (refusal) return Promise.resolve(refusal);
    pulse ??= setInterval(() => void start(), PULSE_MS).unref();
    sending ??= send().finally(() => {
      sending = undefined;
    });
    return sending;
  }

  return {
    name: () => entry.name,
    /** Take another name, after the board refused the first one. @throws Failure of kind "usage" */
    rename(other: string) {
      refuseBadName(other);
      entry = findEntry(directory, board.href, other);
      refusal = undefined;
    },
    /** Says what is sent. */
    promise: () =>
      `The board at ${board.host} is told your name, ${entry.name}, the guide's title, and for each exercise the verdict and the number of attempts and hints; that you are there; and that you need help, if you say so. Nothing else.`,
    /** @returns why nothing can be joined at this address; undefined if the board is there, or not yet */
    async check(): Promise<string | undefined> {
      const limits = { redirect: "error", signal: AbortSignal.timeout(ANSWER_MS) } as const;
      const response = await fetch(board, limits).catch(() => undefined);
      await response?.body?.cancel().catch(() => {});
      return response?.status === 404 ? wrongCode : undefined;
    },
    /** Join the board. @returns whether it took the name */
    join: start,
    tell(progress: Progress) {
      keep({ ...entry.unsent, [progress.exercise]: progress });
      void start();
    },
    needsHelp: () => help === true,
    /** Shows on the board that the learner needs help, or does not any more. @returns which of them */
    toggleHelp(): boolean {
      help = !help;
      void start();
      return help;
    },
    /** Says good-bye, and waits a moment for it. Unsent progress is sent with the next one. */
    async close() {
      if (!pulse) return;
      clearInterval(pulse);
      hasLeft = true;
      const last = (sending ?? Promise.resolve()).then(start);
      const moment = new Promise((resolve) => setTimeout(resolve, CLOSE_MS).unref());
      await Promise.race([last, moment]);
    },
    /** What the learner should know, for example that the name is taken. */
    notice(): string | undefined {
      if (!refusal) return undefined;
      const reason =
        refusal.kind === "refused"
          ? refusal.reason
          : "another learner has this name. Choose another one with --name NAME.";
      return `The board at ${board.host} refused your report: ${reason}`;
    },
  };
}

function refuseBadName(name: string): void {
  if (isName(name)) return;
  const rule = "Use up to 40 visible characters, with single spaces.";
  throw new Failure("usage", `"${name}" cannot be a name on the board. ${rule}`);
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

type Posted = LinkEntry & Pick<Report, "guide" | "help" | "hasLeft">;

async function post(
  url: URL,
  { name, guide, secret, unsent, help, hasLeft }: Posted,
): Promise<JoinAnswer> {
  const progress = Object.values(unsent);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name, guide, secret, progress, help, hasLeft }),
      redirect: "error",
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const { ok, status } = response;
    if (status >= 500 || status === 429) return { kind: "later" };
    const said: unknown = await response.json().catch(() => undefined);
    const { number, suggestion } = isRecord(said) ? said : {};
    if (ok) return { kind: "joined", number: typeof number === "number" ? number : undefined };
    if (status === 403) {
      // What an unknown server says is only shown if it is a name.
      const isFree = typeof suggestion === "string" && isName(suggestion);
      return { kind: "name is taken", suggestion: isFree ? suggestion : undefined };
    }
    const reasons: Readonly<Record<number, string>> = {
      404: wrongCode,
      409: "its class works on another guide. Learn without --board.",
    };
    return { kind: "refused", reason: reasons[status] ?? `it answered ${status}.` };
  } catch {
    return { kind: "later" };
  }
}

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

import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../failure.ts";
import { writeWhole } from "../files.ts";
import type { Guide } from "../guide/guide.ts";
import { exercisesOf } from "../learn/load-course.ts";
import { isName, type News } from "./report.ts";

/** Tells a board how far a learner is. A board that is not there costs nothing. */
export interface BoardLink {
  /** What is sent, for the screen. */
  readonly promise: string;
  tell(news: News): void;
  /** Waits a moment for what is on its way. What was not sent is sent the next time. */
  close(): Promise<void>;
  /** What the learner should know, such as that the name is taken. */
  readonly notice: string | undefined;
}

/** What is remembered of a board, by its address. */
interface Memory {
  readonly name: string;
  readonly secret: string;
  /** The last news of each exercise that the board has not heard. */
  readonly unsent: Readonly<Record<string, News>>;
}

const ANSWER_MS = 2000;
const AGAIN_MS = 5000;
const LAST_MOMENT_MS = 1000;

/**
 * @param address of a board, with its code
 * @param name undefined for the one from the last time, or for one that says nothing
 * @throws Failure of kind "usage" for what is no address, or no name
 */
export function openBoardLink(guide: Guide, address: string, name: string | undefined): BoardLink {
  const board = readAddress(address);
  if (name !== undefined && !isName(name)) {
    throw new Failure(
      "usage",
      `"${name}" cannot be a name: it has one to forty letters and signs.`,
    );
  }
  const file = join(exercisesOf(guide), "board-link.json");
  let memory = rememberAs(readAll(file)[board.href], name);
  let notice: string | undefined;
  /** The board has said no: it is asked no more. */
  let isRefused = false;
  let sending: Promise<void> | undefined;
  let again: NodeJS.Timeout | undefined;

  function keep(change: Partial<Memory>): void {
    memory = { ...memory, ...change };
    writeAll(file, { ...readAll(file), [board.href]: memory });
  }

  async function send(): Promise<void> {
    const sent = memory.unsent;
    const answer = await post(new URL("report", board), { ...memory, news: Object.values(sent) });
    if (answer.kind === "taken") {
      const left = Object.entries(memory.unsent).filter(([key, one]) => sent[key] !== one);
      keep({ unsent: Object.fromEntries(left) });
      if (left.length > 0) await send();
    } else if (answer.kind === "refused") {
      isRefused = true;
      notice = `The board at ${board.host} takes nothing from you: ${answer.reason}`;
    } else {
      clearTimeout(again);
      again = setTimeout(start, AGAIN_MS).unref();
    }
  }

  function start(): void {
    if (isRefused) return;
    sending ??= send().finally(() => {
      sending = undefined;
    });
  }

  start();
  return {
    promise: `The board at ${board.host} is told your name, ${memory.name}, and of each exercise its verdict, tries and hints. Nothing else.`,
    tell(news) {
      keep({ unsent: { ...memory.unsent, [news.exercise]: news } });
      start();
    },
    async close() {
      clearTimeout(again);
      const moment = new Promise((resolve) => setTimeout(resolve, LAST_MOMENT_MS).unref());
      await Promise.race([sending, moment]);
    },
    get notice() {
      return notice;
    },
  };
}

type PostAnswer =
  | { readonly kind: "taken" }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "later" };

async function post(
  url: URL,
  { name, secret, news }: { name: string; secret: string; news: News[] },
) {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name, secret, news }),
      redirect: "error",
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (response.ok) return { kind: "taken" } satisfies PostAnswer;
    const isFinal = response.status < 500 && response.status !== 429;
    if (!isFinal) return { kind: "later" } satisfies PostAnswer;
    return { kind: "refused", reason: reasons[response.status] ?? "" } satisfies PostAnswer;
  } catch {
    return { kind: "later" } satisfies PostAnswer;
  }
}

/** What a server says is not shown: it may be anybody's. */
const reasons: Readonly<Record<number, string>> = {
  403: "somebody else has this name. Choose another: --name NAME",
  404: "the code in the address is another one.",
};

function readAddress(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url && /^https?:$/.test(url.protocol) && /^\/[^/]+\/?$/.test(url.pathname)) {
    return new URL(`${url.origin}${url.pathname.replace(/\/?$/, "/")}`);
  }
  throw new Failure(
    "usage",
    `"${address}" is no board's address. It looks like http://192.168.1.5:7654/CODE/`,
  );
}

/** Another name is somebody else to the board, with a secret of its own. */
function rememberAs(before: Memory | undefined, name: string | undefined): Memory {
  if (before && (name === undefined || name === before.name)) return before;
  const secret = randomBytes(24).toString("base64url");
  const anybody = `learner-${randomBytes(3).toString("hex")}`;
  return { name: name ?? anybody, secret, unsent: before?.unsent ?? {} };
}

function readAll(file: string): Record<string, Memory> {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return {}; // no board yet
  }
}

function writeAll(file: string, all: Record<string, Memory>): void {
  writeWhole(file, `${JSON.stringify(all, null, 2)}\n`, 0o600);
}

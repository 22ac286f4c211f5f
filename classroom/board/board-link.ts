import { Failure } from "../../runner/common/failure.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import { openBoardMemory, type Remembered } from "./board-memory.ts";
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
  const memory = openBoardMemory(guide, board.href, checkedName(name));
  let notice: string | undefined;
  /** The board has said no: it is asked no more. */
  let isRefused = false;
  let sending: Promise<void> | undefined;
  let again: NodeJS.Timeout | undefined;

  async function send(): Promise<void> {
    const sent = memory.now.unsent;
    const answer = await post(new URL("report", board), memory.now);
    if (answer.kind === "taken") {
      const left = Object.entries(memory.now.unsent).filter(([key, one]) => sent[key] !== one);
      memory.keepUnsent(Object.fromEntries(left));
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
    promise: `The board at ${board.host} is told your name, ${memory.now.name}, and of each exercise its verdict, tries and hints. Nothing else.`,
    tell(news) {
      memory.keepUnsent({ ...memory.now.unsent, [news.exercise]: news });
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

async function post(url: URL, { name, secret, unsent }: Remembered): Promise<PostAnswer> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name, secret, news: Object.values(unsent) }),
      redirect: "error",
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (response.ok) return { kind: "taken" };
    const isFinal = response.status < 500 && response.status !== 429;
    if (!isFinal) return { kind: "later" };
    return { kind: "refused", reason: reasons[response.status] ?? "" };
  } catch {
    return { kind: "later" };
  }
}

/** What a server says is not shown: it may be anybody's. */
const reasons: Readonly<Record<number, string>> = {
  403: "somebody else has this name. Choose another: --name NAME",
  404: "the code in the address is another one.",
};

/** @throws Failure of kind "usage" */
function checkedName(name: string | undefined): string | undefined {
  if (name === undefined || isName(name)) return name;
  throw new Failure("usage", `"${name}" cannot be a name: it has one to forty letters and signs.`);
}

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

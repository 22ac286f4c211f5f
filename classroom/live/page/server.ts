import type { Action } from "../messages.ts";
import type { Answers, Question } from "../questions.ts";

const REFUSED = "guide-refused";

/** Says on the page that something was refused, and why. */
export function refused(reason: string): void {
  dispatchEvent(new CustomEvent(REFUSED, { detail: reason }));
}

export function onRefused(say: (reason: string) => void): void {
  addEventListener(REFUSED, (event) => {
    if (event instanceof CustomEvent) say(String(event.detail));
  });
}

/** Asks for something that runs scripts. */
export type AskAction = (
  action: Extract<Action, { kind: "run" | "all" | "back" }>,
) => Promise<void>;

/** Asks the server to do something. The result comes with the stream of events. */
export async function ask(action: Action): Promise<void> {
  try {
    const response = await post("/act", action);
    if (!response.ok) refused(await response.text());
  } catch {
    // The stream shows that the connection is lost.
  }
}

/** Asks the server a question. @throws Error with the reason why it is refused, and the status as its cause */
export async function question<Kind extends Question["kind"]>(
  asked: Extract<Question, { kind: Kind }> | (Question & { kind: Kind }),
): Promise<Answers[Kind]> {
  const response = await post("/ask", asked);
  if (!response.ok) throw new Error(await response.text(), { cause: response.status });
  return response.json();
}

/** What an error says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Bytes, with room for characters that take several. */
const KEPT_ALIVE = 16 * 1024;

function post(path: string, body: unknown): Promise<Response> {
  const text = JSON.stringify(body);
  return fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: text,
    // What was written last is sent while the page is left. Browsers do that for short texts only.
    keepalive: text.length < KEPT_ALIVE,
  });
}

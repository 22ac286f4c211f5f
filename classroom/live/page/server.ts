import type { Answers, Question, QuestionOf, RunAction } from "../questions.ts";

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
export type AskToRun = (action: RunAction) => Promise<void>;

/** Asks the server to do something. */
export async function ask(action: Question): Promise<void> {
  try {
    await question(action);
  } catch (error) {
    refused(messageOf(error));
  }
}

/** Bytes, with room for characters that take several. */
const KEPT_ALIVE = 16 * 1024;

/** Asks the server a question. @throws Error with the reason why it is refused, and the status as its cause */
export async function question<Kind extends Question["kind"]>(
  asked: QuestionOf<Kind>,
): Promise<Answers[Kind]> {
  const text = JSON.stringify(asked);
  const response = await fetch("/ask", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: text,
    // What was written last is sent while the page is left. Browsers do that for short texts only.
    keepalive: text.length < KEPT_ALIVE,
  }).catch(() => {
    throw new Error("The connection is lost.");
  });
  if (!response.ok) throw new Error(await response.text(), { cause: response.status });
  return response.json();
}

/** What an error says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

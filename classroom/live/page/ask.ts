import type { Action } from "../messages.ts";

/** Asks the server for something. What becomes of it, the stream of events tells. */
export function ask(action: Action): void {
  fetch("/act", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(action),
  }).catch(() => {}); // the stream says that the connection is lost
}

import type { ServerResponse } from "node:http";
import type { ServerEvent } from "./messages.ts";

/** The pages that are open, each with a stream of events. */
export interface Subscribers {
  /** @param past what a page that joins is told first */
  join(response: ServerResponse, past: ServerEvent): void;
  tell(event: ServerEvent): void;
  /** Tells the pages that it is over. */
  dismiss(): void;
}

/** Proxies and browsers give a silent connection up. */
const PULSE_MS = 15_000;

/**
 * @param patience milliseconds
 * @param onLeft is called when the last page has been closed for so long
 */
export function openSubscribers(patience: number, onLeft: () => void): Subscribers {
  const pages = new Set<ServerResponse>();
  let waiting: NodeJS.Timeout | undefined;
  const pulse = setInterval(() => {
    for (const page of pages) page.write(":\n\n");
  }, PULSE_MS).unref();

  function leave(page: ServerResponse): void {
    if (pages.delete(page) && pages.size === 0) waiting = setTimeout(onLeft, patience);
  }

  return {
    join(response, past) {
      clearTimeout(waiting);
      response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
      response.write(written(past));
      pages.add(response);
      response.on("close", () => leave(response));
    },
    tell(event) {
      for (const page of pages) page.write(written(event));
    },
    dismiss() {
      clearInterval(pulse);
      clearTimeout(waiting);
      for (const page of pages) page.end(written({ kind: "end" }));
      pages.clear();
    },
  };
}

/** JSON has no line feeds of its own, so nothing that a step printed can begin another event. */
function written(event: ServerEvent): string {
  return `data: ${JSON.stringify(event)}\n\n`;
}

import type { ServerResponse } from "node:http";

/** The pages that look at the board, each with a stream of events. */
export interface Streams {
  /** @returns false where there are too many */
  join(response: ServerResponse): boolean;
  /** There is something new: soon, all are told, once for whatever happens until then. */
  changed(): void;
  close(): void;
}

const STREAM_LIMIT = 300;
const SOON_MS = 200;
/** Also where nothing happens: a page that hears nothing for longer knows that it has lost us. */
const PULSE_MS = 10_000;

/** @param tell what a page is told: all of it, each time, so that none can miss anything */
export function openStreams(tell: () => unknown): Streams {
  const pages = new Set<ServerResponse>();
  let soon: NodeJS.Timeout | undefined;
  const text = () => `data: ${JSON.stringify(tell())}\n\n`;
  const tellAll = () => {
    soon = undefined;
    const now = text();
    for (const page of pages) page.write(now);
  };
  const pulse = setInterval(tellAll, PULSE_MS).unref(); // it keeps no board alive that nobody hears

  return {
    join(response) {
      if (pages.size >= STREAM_LIMIT) return false;
      response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
      response.write(`retry: 2000\n${text()}`);
      pages.add(response);
      response.on("close", () => pages.delete(response));
      return true;
    },
    changed() {
      soon ??= setTimeout(tellAll, SOON_MS);
    },
    close() {
      clearInterval(pulse);
      clearTimeout(soon);
      for (const page of pages) page.end();
    },
  };
}

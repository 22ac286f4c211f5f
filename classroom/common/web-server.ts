import { once } from "node:events";
import type { IncomingMessage, Server } from "node:http";
import { Failure, hasCode, messageOf } from "../../runner/common/failure.ts";

/** Headers for every response: other pages can't load it, and browsers don't cache it or guess its type. */
export const safeHeaders = {
  "cache-control": "no-store",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer", // an address may contain a secret
  "x-content-type-options": "nosniff",
};

export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Starts to listen.
 * @param wanted a port; 0 for any free one
 * @throws Failure of kind "usage" if the address or the port isn't available
 */
export async function listen(server: Server, host: string, wanted: number): Promise<Listening> {
  try {
    server.listen(wanted, host);
    await once(server, "listening");
  } catch (error) {
    const isPort = ["EADDRINUSE", "EACCES"].some((code) => hasCode(error, code));
    const advice = `Choose another with ${isPort ? "--port" : "--host"}.`;
    const message = `Cannot listen on ${host}, port ${wanted}: ${messageOf(error)}. ${advice}`;
    throw new Failure("usage", message);
  }
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : wanted,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/**
 * Reads a request's body.
 * @param limit bytes
 * @returns undefined if there is more than that
 */
export async function readBody(
  request: IncomingMessage,
  limit: number,
): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

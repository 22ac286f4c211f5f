import { once } from "node:events";
import type { IncomingMessage, Server } from "node:http";
import { Failure, hasCode, messageOf } from "../../runner/common/failure.ts";

/** For each answer: no other page may load or keep it, and a browser takes it for what it is. */
export const safeHeaders = {
  "cache-control": "no-store",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer", // an address may have a secret in it
  "x-content-type-options": "nosniff",
};

export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * @param wanted a port; 0 for any that is free
 * @throws Failure of kind "usage" for an address that cannot be had
 */
export async function listen(server: Server, host: string, wanted: number): Promise<Listening> {
  try {
    server.listen(wanted, host);
    await once(server, "listening");
  } catch (error) {
    const isPort = ["EADDRINUSE", "EACCES"].some((code) => hasCode(error, code));
    const other = `Name another with ${isPort ? "--port" : "--host"}.`;
    const place = `${host}, port ${wanted}`;
    throw new Failure("usage", `Nothing can listen on ${place}: ${messageOf(error)}. ${other}`);
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

/** @returns undefined where there is more than the limit, in bytes */
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

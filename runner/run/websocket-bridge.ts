import { once } from "node:events";
import { createServer } from "node:http";
import { pipeline } from "node:stream/promises";
import { createWebSocketStream, WebSocketServer } from "ws";
import { type ConnectionSettings, parseConnectionString } from "../connection/connection-string.ts";
import { dial } from "../connection/dial.ts";
import { connectTimeout } from "../connection/errors.ts";

/** The part of `neonConfig` of @neondatabase/serverless that leads to the bridge. */
export interface BridgeSettings {
  readonly wsProxy: () => string;
  readonly useSecureWebSocket: false;
  readonly pipelineConnect: false;
  readonly pipelineTLS: false;
  readonly forceDisablePgSSL: true;
}

/**
 * Opens a bridge from a WebSocket to one PostgreSQL, in the process that uses it: Neon has such a
 * thing in front of its servers, others have none. It listens on loopback, on a free port, leads to
 * this one server whatever address it is asked for, refuses browsers, and does not keep the process
 * alive. The way to the server is encrypted as the connection string says.
 * @returns settings for the client; none for a server of Neon's
 */
export async function openBridge(
  databaseUrl: string,
): Promise<BridgeSettings | Record<string, never>> {
  const settings = parseConnectionString(databaseUrl);
  if (settings.host.endsWith(".neon.tech")) return {};

  const http = createServer((_, response) => response.writeHead(426).end());
  // Only a browser sends an Origin, on behalf of some page.
  const verifyClient = ({ origin }: { origin: string | undefined }) => origin === undefined;
  const server = new WebSocketServer({ server: http, verifyClient });
  server.on("connection", (client) => {
    client.on("error", () => {});
    // When one side is over, so is the other. What failed, the client notices.
    passOn(createWebSocketStream(client), settings).catch(() => client.terminate());
  });
  http.listen(0, "127.0.0.1").unref();
  await once(http, "listening");

  const address = http.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    wsProxy: () => `127.0.0.1:${port}/`,
    useSecureWebSocket: false,
    pipelineConnect: false,
    pipelineTLS: false,
    forceDisablePgSSL: true,
  };
}

async function passOn(
  stream: ReturnType<typeof createWebSocketStream>,
  settings: ConnectionSettings,
): Promise<void> {
  stream.on("error", () => {}); // until the pipeline listens
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(connectTimeout()), settings.connectTimeout * 1000);
  const socket = await dial({ ...settings, signal: end.signal }).finally(() => clearTimeout(timer));
  await pipeline(stream, socket, stream);
}

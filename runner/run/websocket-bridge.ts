import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { connect as openSocket, type Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import { connect as startTls } from "node:tls";
import { createWebSocketStream, WebSocketServer } from "ws";
import { type ConnectionSettings, parseConnectionString } from "../connection/connection-string.ts";
import { connectionLost, connectTimeout, tlsNotOffered } from "../connection/errors.ts";

/** The part of `neonConfig` of @neondatabase/serverless that leads to the bridge. */
export interface BridgeSettings {
  readonly wsProxy: () => string;
  readonly useSecureWebSocket: false;
  readonly pipelineConnect: false;
  readonly pipelineTLS: false;
  readonly forceDisablePgSSL: true;
}

/**
 * Opens a bridge from a WebSocket to one PostgreSQL server, in the process that uses it. Neon's servers
 * accept WebSockets, others do not. The bridge listens on loopback, on a free port, connects to this one
 * server, whatever address the client asks for, refuses browsers, and does not keep the process alive. The
 * connection to the server is encrypted as the connection string says.
 * @param answer what is not a WebSocket
 * @returns settings for the client; none for one of Neon's servers
 */
export async function openBridge(
  databaseUrl: string,
  answer: RequestListener = (_, response) => response.writeHead(426).end(),
): Promise<BridgeSettings | Record<string, never>> {
  const settings = parseConnectionString(databaseUrl);
  if (settings.host.endsWith(".neon.tech")) return {};

  const http = createServer(answer);
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
  const late = connectTimeout();
  const { host, port, connectTimeout: seconds } = settings;
  const plain = openSocket(
    host.startsWith("/") ? { path: `${host}/.s.PGSQL.${port}` } : { host, port },
  );
  const timer = setTimeout(() => plain.destroy(late), seconds * 1000);
  const socket = await open(plain, settings).finally(() => clearTimeout(timer));
  await pipeline(stream, socket, stream);
}

/** https://www.postgresql.org/docs/current/protocol-message-formats.html, SSLRequest */
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

async function open(plain: Socket, settings: ConnectionSettings): Promise<Socket> {
  await happens(
    plain.on("error", () => {}),
    "connect",
  );
  if (settings.sslMode === "disable") return plain;
  plain.write(sslRequest);
  const [answer] = await happens(plain, "data");
  if (String(answer) !== "S") throw tlsNotOffered();
  const { tlsOptions } = await import("../connection/tls.ts");
  const secure = startTls({ ...tlsOptions(settings), socket: plain }).on("error", () => {});
  await happens(secure, "secureConnect");
  return secure;
}

/** Wait for an event. Rejects with the socket's error, or if it closes without one. */
function happens(socket: Socket, event: string) {
  const closed = once(socket, "close").then(() => {
    throw connectionLost("connect");
  });
  return Promise.race([once(socket, event), closed]);
}

import { once } from "node:events";
import { connect as openSocket, type Socket } from "node:net";
import { connect as startTls } from "node:tls";
import type { ConnectionSettings } from "./connection-string.ts";
import { connectionLost, invalidResponse, tlsNotOffered } from "./errors.ts";
import { loginRules } from "./login-rules.ts";
import { watch } from "./socket-watch.ts";

/** What a driver gets: where and how to connect, and until when. */
export interface ConnectionAttempt extends ConnectionSettings {
  /** Aborted when `connectTimeout` is over, or the attempt has failed. */
  readonly signal: AbortSignal;
}

/** https://www.postgresql.org/docs/current/protocol-message-formats.html, SSLRequest */
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/**
 * Opens a socket to the server, encrypted where the settings say so, for a library to log in on.
 * The attempt's signal closes it, and so does what `watch` finds in what the server says.
 * @param bindsChannel whether the library binds its login to the TLS connection where it can
 * @throws DatabaseError, or Node's own error for a refused connection or a bad certificate
 */
export async function dial(attempt: ConnectionAttempt, bindsChannel = false): Promise<Socket> {
  const { signal } = attempt;
  const socket = await open(attempt).catch((error) => {
    throw signal.aborted ? signal.reason : error;
  });
  watch(socket, loginRules(attempt, bindsChannel));
  return socket;
}

async function open({ host, port, tls, signal }: ConnectionAttempt): Promise<Socket> {
  const plain = host.startsWith("/")
    ? openSocket(`${host}/.s.PGSQL.${port}`)
    : openSocket({ host, port });
  let socket: Socket = plain.on("error", ignore);
  const end = () => socket.destroy(signal.reason);
  signal.addEventListener("abort", end);

  await happens(plain, "connect");
  if (!tls) return plain;

  plain.write(sslRequest);
  const [answer] = await happens(plain, "data");
  if (/^[NE]/.test(answer.toString("latin1"))) throw tlsNotOffered();
  if (answer.toString("latin1") !== "S") throw invalidResponse("connect");

  socket = startTls({ ...tls, socket: plain }).on("error", ignore);
  await happens(socket, "secureConnect");
  return socket;
}

/** Whoever waits for an answer learns of the error by itself. */
function ignore(): void {}

/** Waits for an event. Rejects with the socket's error, or where it closes without one. */
function happens(socket: Socket, event: string) {
  const closed = once(socket, "close").then(() => {
    throw connectionLost("connect");
  });
  return Promise.race([once(socket, event), closed]);
}

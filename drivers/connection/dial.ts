import { once } from "node:events";
import { connect as openSocket, type Socket } from "node:net";
import { connect as startTls } from "node:tls";
import type { ConnectionSettings } from "./connection-string.ts";
import { connectionLost, connectTimeout, tlsNotOffered } from "./errors.ts";

/** https://www.postgresql.org/docs/current/protocol-message-formats.html, SSLRequest */
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/**
 * Opens a socket to the server, encrypted where the settings say so.
 * @throws DatabaseError, or Node's own error for a refused connection or a bad certificate
 */
export async function dial(settings: ConnectionSettings): Promise<Socket> {
  const { host, port, tls } = settings;
  const socket = host.startsWith("/")
    ? openSocket(`${host}/.s.PGSQL.${port}`)
    : openSocket({ host, port });
  socket.on("error", () => {}); // what fails after this function is over, the driver notices

  // `once` below waits for one event, or for this signal.
  const failure = new AbortController();
  const timer = setTimeout(() => failure.abort(connectTimeout()), settings.connectTimeout * 1000);
  const onClose = () => failure.abort(connectionLost("connect"));
  socket.once("close", onClose);

  try {
    await once(socket, "connect", failure);
    if (!tls) return socket;

    socket.write(sslRequest);
    const [answer] = await once(socket, "data", failure);
    if (answer.toString() !== "S") throw tlsNotOffered();

    const secure = startTls({ ...tls, socket });
    secure.on("error", () => {});
    await once(secure, "secureConnect", failure);
    return secure;
  } catch (error) {
    socket.destroy();
    throw failure.signal.aborted ? failure.signal.reason : error;
  } finally {
    clearTimeout(timer);
    socket.off("close", onClose);
  }
}

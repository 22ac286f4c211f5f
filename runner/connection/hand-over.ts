import { once } from "node:events";
import type { Socket } from "node:net";
import { connectionLost } from "./errors.ts";

/** For pg, which opens its sockets by itself: one that is open already says once more that it is. */
export function asUnopened(socket: Socket): Socket {
  return Object.assign(socket, {
    connect() {
      process.nextTick(() => socket.emit("connect"));
      return socket;
    },
  });
}

/**
 * For postgres.js, which connects again by itself where a connection is lost. Its `socket` option,
 * which its types leave out, hands it ours; asked for a second one, it gets an error instead.
 */
export function onlyOnce(socket: Socket): { socket: () => Socket } {
  const sockets = [socket];
  return {
    socket() {
      const next = sockets.pop();
      if (next) return next;
      throw connectionLost("query");
    },
  };
}

/** For postgres.js, which waits for ever where its socket has closed before it listens. */
export async function unlessClosed<Result>(
  socket: Socket,
  work: PromiseLike<Result>,
): Promise<Result> {
  const closed = once(socket, "close").then(() => {
    throw connectionLost("connect");
  });
  return Promise.race([work, closed]);
}

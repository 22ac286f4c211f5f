import { createServer, connect as openSocket, type Server, type Socket } from "node:net";

/** A TCP server that a test made. */
export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

/** A proxy whose connections a test can cut or stall. */
export interface Proxy extends Listener {
  /** Forwards nothing more, and keeps every connection open. */
  stall(): void;
  /** Cuts every connection with a reset. */
  reset(): void;
}

/** Listens on this machine; `serve` gets each connection. */
export async function listen(serve: (socket: Socket) => void, port = 0): Promise<Listener> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}).on("close", () => sockets.delete(socket)));
    serve(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : 0,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/**
 * Forwards to a port of this machine.
 * @param onClientBytes sees what the client sends, before it is forwarded
 * @param accept waits, at a connection, before anything is forwarded
 */
export async function startProxy(
  target: number,
  onClientBytes: (bytes: Buffer, proxy: Pick<Proxy, "stall" | "reset">) => void = () => {},
  accept: () => Promise<unknown> = async () => {},
  port = 0,
): Promise<Proxy> {
  const clients = new Set<Socket>();
  let isStalled = false;
  const control = {
    stall: () => {
      isStalled = true;
    },
    reset: () => {
      for (const client of clients) client.resetAndDestroy();
    },
  };
  const listener = await listen((client) => {
    clients.add(client.on("close", () => clients.delete(client)));
    void accept().then(() => {
      const server = openSocket(target, "127.0.0.1").on("error", () => client.destroy());
      client.on("data", (bytes) => {
        onClientBytes(bytes, control);
        if (!isStalled) server.write(bytes);
      });
      server.on("data", (bytes) => !isStalled && client.write(bytes));
      client.on("close", () => server.destroy());
      server.on("close", () => !isStalled && client.destroy());
    });
  }, port);
  return { ...listener, ...control };
}

/** Finds a port of this machine on which nothing listens. */
export async function closedPort(): Promise<number> {
  const listener = await listen(() => {});
  await listener.close();
  return listener.port;
}

import { once } from "node:events";
import { createServer } from "node:net";
import { expect, inject, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { openBridge } from "../../runner/run/websocket-bridge.ts";

/** https://www.postgresql.org/docs/current/protocol-message-formats.html, SSLRequest */
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

async function bridgeTo(databaseUrl: string): Promise<string> {
  const { wsProxy } = await openBridge(databaseUrl);
  return `ws://${wsProxy?.()}`;
}

function open(address: string, options = {}): WebSocket {
  const socket = new WebSocket(address, options);
  onTestFinished(() => socket.terminate());
  return socket;
}

test("it leads to its own server, whatever address it is given", async () => {
  const socket = open(`${await bridgeTo(inject("databaseUrl"))}?address=127.0.0.1:1`);
  await once(socket, "open");
  socket.send(sslRequest);
  const [answer] = await once(socket, "message");
  expect(answer.toString()).toMatch(/^[NS]$/); // a PostgreSQL
});

test("it refuses a request from a page", async () => {
  const socket = open(await bridgeTo(inject("databaseUrl")), { origin: "http://127.0.0.1" });
  const [error] = await once(socket, "error");
  expect(error.message).toContain("401");
});

test("it closes when the server does", async () => {
  const server = createServer((socket) => socket.end()).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const socket = open(await bridgeTo(`postgresql://u:p@127.0.0.1:${port}/d?sslmode=disable`));
  await once(socket, "close");
});

test("it closes when there is no server", async () => {
  const socket = open(await bridgeTo("postgresql://u:p@127.0.0.1:1/d?sslmode=disable"));
  await once(socket, "close");
});

test("there is none for Neon, which needs none", async () => {
  const url = "postgresql://u:p@ep-cool-1-pooler.us-east-2.aws.neon.tech/d?sslmode=require";
  expect(await openBridge(url)).toEqual({});
});

test.each(["evilneon.tech", "neon.tech.example", "neon.tech"])(
  "there is one for %s, which is not Neon's",
  async (host) => {
    expect(await openBridge(`postgresql://u:p@${host}/d`)).toHaveProperty("wsProxy");
  },
);

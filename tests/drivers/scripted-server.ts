import type { Socket } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";
import { onTestFinished } from "vitest";
import { listen } from "../faults/support/proxy.ts";

/** What the server says to the client's first bytes after the request for TLS, to its next ones, … */
export type Reply = Buffer | ((received: Buffer) => Buffer);

export interface ScriptedServer {
  readonly port: number;
  /** All that clients have sent, but for requests for TLS. */
  readonly received: Buffer[];
}

/**
 * A server that says what a test wants it to say. It goes when the test is over.
 * @param closes whether it closes the connection after its last reply; otherwise it is silent then
 */
export async function startScriptedServer(
  replies: readonly Reply[],
  { tls, closes = false }: { tls?: { key: string; cert: string }; closes?: boolean } = {},
): Promise<ScriptedServer> {
  const received: Buffer[] = [];
  const converse = (socket: Socket) => {
    const left = [...replies];
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      received.push(bytes);
      const reply = left.shift();
      if (reply) socket.write(typeof reply === "function" ? reply(bytes) : reply);
      if (left.length === 0 && closes) socket.end();
    });
  };
  const { port, close } = await listen((socket) => {
    if (!tls) return converse(socket);
    socket.once("data", () => {
      socket.write("S");
      const secureContext = createSecureContext(tls);
      converse(new TLSSocket(socket, { isServer: true, secureContext }));
    });
  });
  onTestFinished(close);
  return { port, received };
}

/** A message of the protocol: its type, its length, and what follows. */
export function message(type: string, body: string | Buffer = ""): Buffer {
  const bytes = Buffer.from(body);
  const length = Buffer.alloc(4);
  length.writeInt32BE(4 + bytes.length);
  return Buffer.concat([Buffer.from(type), length, bytes]);
}

/** An authentication message of a kind, such as 0 (let in) or 10 (SASL). */
export function authentication(kind: number, rest = ""): Buffer {
  return message("R", Buffer.concat([Buffer.from([0, 0, 0, kind]), Buffer.from(rest)]));
}

export const ready = message("Z", "I");
export const letIn = Buffer.concat([authentication(0), ready]);
export const scram = authentication(10, "SCRAM-SHA-256\0\0");

import type { Socket } from "node:net";
import { type Message, MessageReader } from "./backend-messages.ts";
import { DatabaseError, invalidResponse } from "./errors.ts";

/**
 * Reads whatever the server says before the library hears it. What must not be answered, and what
 * would make the library throw where nobody can catch it, closes the connection with an error that
 * the library then reports.
 * @param checkLogin throws for a request that must not be answered
 */
export function watch(socket: Socket, checkLogin: (body: Buffer) => void): void {
  const reader = new MessageReader();
  let phase: "connect" | "query" = "connect";

  function inspect({ type, body }: Message): void {
    if (type === "R" && phase === "query") throw invalidResponse(phase);
    if (type === "s") throw invalidResponse(phase); // only a part of the rows, for which nobody asks
    if (type === "R") checkLogin(body);
    if (type === "Z") phase = "query";
    if (type === "G" || type === "H" || type === "W") throw copyRefused();
  }

  const emit: (event: string | symbol, ...rest: unknown[]) => boolean = socket.emit.bind(socket);
  socket.emit = (event: string | symbol, ...rest: unknown[]) => {
    const [bytes] = rest;
    if (event !== "data" || !(bytes instanceof Buffer)) return emit(event, ...rest);
    try {
      const messages = reader.read(bytes);
      if (!messages) throw invalidResponse(phase);
      messages.forEach(inspect);
      return emit(event, ...rest);
    } catch (cause) {
      socket.destroy(cause instanceof DatabaseError ? cause : invalidResponse(phase));
      return true;
    }
  };
}

function copyRefused(): DatabaseError {
  const message =
    "COPY is not supported here, and the connection was closed. Use INSERT or SELECT.";
  return new DatabaseError("query", "COPY_NOT_SUPPORTED", message);
}

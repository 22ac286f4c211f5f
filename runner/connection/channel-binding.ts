import type { ConnectionOptions } from "node:tls";
import pg from "pg";
import { DatabaseError } from "./errors.ts";

/** The steps of a login that binds: https://www.postgresql.org/docs/current/sasl-authentication.html */
const login = ["SASL", "SASLContinue", "SASLFinal", "Ok"].map((part) => `authentication${part}`);

/**
 * Options for pg with channel_binding=require. A server that cannot bind its login to the TLS connection
 * gets nothing of the password: ours hears each message before pg does.
 */
export function bindingOptions(ssl: ConnectionOptions): object {
  const connection: pg.Connection = new pg.Connection({ ssl });
  const left = [...login, "readyForQuery"];
  connection.on("message", ({ name, mechanisms }) => {
    if (left.length === 0 || !/^(authentication|readyForQuery)/.test(name)) return;
    if (name === left.shift() && (mechanisms?.includes("SCRAM-SHA-256-PLUS") ?? true)) return;
    connection.stream.destroy(); // pg cannot answer then
    connection.emit("error", notBound());
  });
  return { connection, enableChannelBinding: true };
}

function notBound(): DatabaseError {
  const message =
    "The server's login does not bind to the TLS connection, which channel_binding=require asks for. Nothing was sent to it. Is it the right server?";
  return new DatabaseError("connect", "CHANNEL_BINDING", message);
}

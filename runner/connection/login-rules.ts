import type { ConnectionSettings } from "./connection-string.ts";
import { DatabaseError, invalidResponse } from "./errors.ts";

/** https://www.postgresql.org/docs/current/protocol-message-formats.html, Authentication… */
const OK = 0;
const CLEARTEXT = 3;
const MD5 = 5;
const SASL = 10;
const SASL_CONTINUE = 11;
const SASL_FINAL = 12;

/** What may follow what. A server that skips a part of SCRAM has not shown that it knows us. */
const next: Readonly<Record<number, readonly number[]>> = {
  [OK]: [],
  [CLEARTEXT]: [OK],
  [MD5]: [OK],
  [SASL]: [SASL_CONTINUE],
  [SASL_CONTINUE]: [SASL_FINAL],
  [SASL_FINAL]: [OK],
};

/** pg's own limit. postgres.js has none, and counts in a way that nothing can interrupt. */
const MOST_ITERATIONS = 100_000;

type Rules = Pick<ConnectionSettings, "user" | "password" | "channelBinding">;

/**
 * Checks each request for a login before the library answers it.
 * @param bindsChannel whether the library binds its login to the TLS connection where it can
 * @returns for the body of each authentication message: throws what the driver is to report
 */
export function loginRules(
  { user, password, channelBinding }: Rules,
  bindsChannel: boolean,
): (body: Buffer) => void {
  let allowed: readonly number[] = [OK, CLEARTEXT, MD5, SASL];
  let usesScram = false;
  const mustUseScram = channelBinding === "require";

  return (body) => {
    const request = body.readInt32BE(0);
    const rest = body.toString("utf8", 4);
    if (!next[request]) throw notSupported(request);
    if (!allowed.includes(request)) throw invalidResponse("connect");
    allowed = next[request];

    if (request === SASL) {
      usesScram = true;
      if (!rest.endsWith("\0\0")) throw invalidResponse("connect");
      if (mustUseScram && bindsChannel && !rest.includes("SCRAM-SHA-256-PLUS\0")) throw notBound();
    }
    if (mustUseScram && !usesScram) throw notBound();
    if (password === "" && request !== OK) throw wrongPassword(user);
    if (request === SASL_CONTINUE) checkScram(rest);
  };
}

/** postgres.js takes what it is given, and ends the process where something is missing. */
function checkScram(text: string): void {
  const count = /^r=[!-+\--~]+,s=[A-Za-z0-9+/]+=*,i=([1-9]\d*)(,|$)/.exec(text)?.[1];
  if (count === undefined) throw invalidResponse("connect");
  if (Number(count) <= MOST_ITERATIONS) return;
  const message = `The server wants the password to be hashed ${count} times. The most that is done here is ${MOST_ITERATIONS}.`;
  throw new DatabaseError("connect", "SCRAM_ITERATIONS", message);
}

function notBound(): DatabaseError {
  const message =
    "channel_binding=require, and the server's way to log in does not bind to the TLS connection. Nothing was sent to it. Is it the right server?";
  return new DatabaseError("connect", "CHANNEL_BINDING", message);
}

function notSupported(request: number): DatabaseError {
  const message = `The server wants a login of kind ${request}, such as GSSAPI or SSPI. Here, it can only be a password.`;
  return new DatabaseError("connect", "LOGIN_NOT_SUPPORTED", message);
}

/** What the server would say. pg would look for another password, and say that there is none. */
function wrongPassword(user: string): DatabaseError {
  const message = `password authentication failed for user "${user}"`;
  return new DatabaseError("connect", "28P01", message);
}

import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { digestOf } from "../../runner/common/digest.ts";
import { openLimit } from "./limits.ts";

/** A request that may go on: what is asked for, below the code, or the code without a slash. */
export interface Admitted {
  readonly kind: "admitted";
  readonly route: string;
}

export interface Refused {
  readonly kind: "refused";
  readonly status: number;
  readonly reason: string;
}

const WRONG_CODES_A_MINUTE = 20;

/**
 * Looks at a request before anything else does. Everything needs the code. From an address that has
 * only guessed, and too often, even the right code is refused for a minute: a guesser learns nothing.
 * A room behind one address, in which somebody knows the code, is not locked out by the one who does not.
 */
export function openGuard(code: string): (request: IncomingMessage) => Admitted | Refused {
  const guesses = openLimit(WRONG_CODES_A_MINUTE, 60_000);
  const known = new Set<string>();
  const right = Buffer.from(digestOf(code));

  return (request) => {
    const { method, headers } = request;
    const address = request.socket.remoteAddress ?? "";
    if (method !== "GET" && method !== "POST") return refuse(405, "GET and POST only.");
    // The page of the board never posts, and a learner's program sends no Origin: a foreign page does.
    if (method === "POST" && headers.origin !== undefined) {
      return refuse(403, "A page may not report.");
    }
    if (method === "POST" && headers["content-type"] !== "application/json") {
      return refuse(415, "JSON only.");
    }
    if (!known.has(address) && guesses.isReached(address)) {
      return refuse(429, "Too many wrong codes. Wait a minute.");
    }
    const [, given = "", route] = /^\/([^/?]*)(?:\/([^/?]*))?$/.exec(request.url ?? "") ?? [];
    if (!timingSafeEqual(Buffer.from(digestOf(given)), right)) {
      guesses.allows(address);
      return refuse(404, "The board's address has a code in it. Ask for the whole address.");
    }
    known.add(address);
    return { kind: "admitted", route: route === undefined ? "no slash" : `${method} ${route}` };
  };
}

function refuse(status: number, reason: string): Refused {
  return { kind: "refused", status, reason };
}

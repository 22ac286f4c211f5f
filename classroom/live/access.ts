import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { digestOf } from "../../runner/common/kept-texts.ts";
import { hasSecret } from "../../runner/common/secrets.ts";

/** Why a request is refused. */
export interface Refusal {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 412 | 413 | 415;
  readonly reason: string;
}

/**
 * Keeps a text with a secret out of an editor: what hides the secret would be written back in its place.
 * @param name of the text, as the page shows it
 */
export function refuseSecrets(name: string, text: string): Refusal | undefined {
  if (!hasSecret(text)) return undefined;
  const reason = `${name} contains your server's password, perhaps by chance: it cannot be edited here. Use your own editor.`;
  return { status: 409, reason };
}

/** Tells a refusal from an answer. */
export function isRefusal(answer: object): answer is Refusal {
  return "reason" in answer;
}

type Asked = Pick<IncomingMessage, "method" | "headers">;

/**
 * Checks where a request comes from, before anything else. Compares whole names: a pattern or a prefix
 * would let others in.
 * @param host the server's, such as 127.0.0.1:4000
 * @returns undefined for a request that may go on
 */
export function refuse({ method, headers }: Asked, host: string): Refusal | undefined {
  if (method !== "GET" && method !== "POST") return { status: 405, reason: "Only GET and POST." };
  // DNS rebinding: another name that leads here makes our page the same site as the attacker's.
  if (headers.host !== host)
    return { status: 403, reason: `This server only answers to http://${host}.` };

  const { origin } = headers;
  const isOwn = origin === `http://${host}`;
  if (method === "POST" ? !isOwn : origin !== undefined && !isOwn) {
    return { status: 403, reason: "Requests from other pages are not allowed." };
  }
  if (method === "POST" && headers["content-type"] !== "application/json") {
    return { status: 415, reason: "Only JSON." };
  }
  return undefined;
}

/**
 * Checks that no other page asks for this. A page on another port of this machine is "same-site", so the
 * browser would send our cookie with its requests.
 */
export function refuseForeign({ headers }: Asked): Refusal | undefined {
  const site = headers["sec-fetch-site"];
  if (site === undefined || site === "same-origin" || site === "none") return undefined;
  return { status: 403, reason: "Other pages cannot load this. Type the address instead." };
}

/**
 * Lets browsers in: each token works once, and is exchanged for a cookie.
 * @param port becomes a part of the cookie's name: browsers send cookies to all ports of a host
 */
export function openAccess(port: number) {
  const tokens = new Set<string>();
  const cookies = new Set<string>();
  const name = `guide_${port}`;
  return {
    newToken: () => issue(tokens),

    /** Uses up a token. @returns the Set-Cookie header; undefined if the token is unknown or used */
    useToken(token: string): string | undefined {
      if (!tokens.delete(digestOf(token))) return undefined;
      return `${name}=${issue(cookies)}; HttpOnly; SameSite=Strict; Path=/`;
    },

    /** @param header the request's Cookie header */
    isKnown: (header = "") =>
      header.split("; ").some((cookie) => {
        const [key, value = ""] = cookie.split("=");
        return key === name && cookies.has(digestOf(value));
      }),
  };
}

/** Keeps only the digest, so that the time of a comparison doesn't reveal a secret. */
function issue(digests: Set<string>): string {
  const secret = randomBytes(32).toString("base64url");
  digests.add(digestOf(secret));
  return secret;
}

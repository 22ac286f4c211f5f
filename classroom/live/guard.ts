import type { IncomingMessage } from "node:http";

/** Why a request is not answered. */
export interface Refusal {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415;
  readonly reason: string;
}

type Asked = Pick<IncomingMessage, "method" | "headers">;

/**
 * Looks at where a request comes from, before anything else is done with it. Names are compared whole:
 * a pattern or a prefix would let others in.
 * @param host ours, such as 127.0.0.1:4000
 * @returns undefined for a request that may go on
 */
export function refuse({ method, headers }: Asked, host: string): Refusal | undefined {
  if (method !== "GET" && method !== "POST") return { status: 405, reason: "GET and POST only." };
  // Another name that leads here is how a foreign page gets behind a browser's walls: DNS rebinding.
  if (headers.host !== host)
    return { status: 403, reason: `This is http://${host}, by no other name.` };

  const { origin } = headers;
  const isOwn = origin === `http://${host}`;
  if (method === "POST" ? !isOwn : origin !== undefined && !isOwn) {
    return { status: 403, reason: "Another page may not ask this." };
  }
  if (method === "POST" && headers["content-type"] !== "application/json") {
    return { status: 415, reason: "JSON only." };
  }
  return undefined;
}

/**
 * Browsers say for whom they load something. A page on another port of this machine is "same-site", and
 * would have our cookie sent.
 */
export function refuseForeign({ headers }: Asked): Refusal | undefined {
  const site = headers["sec-fetch-site"];
  if (site === undefined || site === "same-origin" || site === "none") return undefined;
  return { status: 403, reason: "Another page may not load this. Type the address." };
}

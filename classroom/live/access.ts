import { createHash, randomBytes } from "node:crypto";

/** Lets browsers in: a token opens once, and is exchanged for a cookie. */
export interface Access {
  /** Makes a token. Whoever has it first comes in. */
  newToken(): string;
  /** Uses a token up. @returns the Set-Cookie header; undefined for a token that is used or unknown */
  useToken(token: string): string | undefined;
  /** @param header the request's Cookie header */
  isKnown(header: string | undefined): boolean;
}

/** @param port a part of the cookie's name: a browser sends cookies to every port of an address */
export function openAccess(port: number): Access {
  const tokens = new Set<string>();
  const cookies = new Set<string>();
  const name = `guide_${port}`;
  return {
    newToken: () => issue(tokens),

    useToken(token) {
      if (!tokens.delete(digestOf(token))) return undefined;
      return `${name}=${issue(cookies)}; HttpOnly; SameSite=Strict; Path=/`;
    },

    isKnown: (header = "") =>
      header.split("; ").some((cookie) => {
        const [key, value = ""] = cookie.split("=");
        return key === name && cookies.has(digestOf(value));
      }),
  };
}

/** Only digests are kept, so the time of a comparison says nothing about a secret. */
function issue(digests: Set<string>): string {
  const secret = randomBytes(32).toString("base64url");
  digests.add(digestOf(secret));
  return secret;
}

function digestOf(secret: string): string {
  return createHash("sha256").update(secret).digest("base64");
}

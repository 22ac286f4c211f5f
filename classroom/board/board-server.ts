import { timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { digestOf } from "../../runner/common/kept-texts.ts";
import { type Listening, listen, readBody, safeHeaders } from "../common/web-server.ts";
import type { Pages } from "./board-view.ts";
import type { Learners } from "./learners.ts";
import { readReport } from "./report.ts";

export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  readonly code: string;
  /** The title of the guide whose exercises the class does. */
  readonly guide: string;
  readonly learners: Learners;
  readonly pages: Pages;
  /** Called after each report that was taken. */
  readonly onChange: () => void;
}

const BODY_LIMIT = 16 * 1024;
const CONNECTION_LIMIT = 3000;
const WRONG_CODES_A_MINUTE = 20;
const REPORTS_IN_10_S = 20;

const headers = {
  ...safeHeaders,
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};

const files: Readonly<Record<string, readonly [file: string, type: string]>> = {
  "GET ": ["board.html", "text/html"],
  "GET board.css": ["board.css", "text/css"],
  "GET board.js": ["board.js", "text/javascript"],
};

/** Serves the board. @throws Failure of kind "usage" if the address or the port isn't available */
export async function serveBoard(options: ServerOptions): Promise<Listening> {
  const { code, pages } = options;
  const guard = openGuard(code);
  const takeReport = openReports(options);
  // A connection that sends nothing is closed within six seconds.
  const timeouts = { headersTimeout: 5000, connectionsCheckingInterval: 1000 };
  const server = createServer({ requestTimeout: 10_000, ...timeouts });
  server.maxConnections = CONNECTION_LIMIT;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const admitted = guard(request);
    if (admitted.kind === "refused") {
      return send(response, admitted.status, { reason: admitted.reason });
    }
    const { route } = admitted;
    const file = files[route];
    if (file) sendFile(response, ...file);
    else if (route === "no slash") response.writeHead(308, { location: `/${code}/` }).end();
    else if (route === "GET events") pages.join(response);
    else if (route === "POST report") await takeReport(request, response);
    else send(response, 404, { reason: "This page does not exist." });
  }

  server.on("request", (request, response) => {
    answer(request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else send(response, 500, { reason: "The board failed." });
    });
  });
  return listen(server, options.host, options.port);
}

type Admission =
  /** The route is what the URL has after the code: "no slash" if it has nothing. */
  | { readonly kind: "admitted"; readonly route: string }
  | { readonly kind: "refused"; readonly status: number; readonly reason: string };

type Asked = Pick<IncomingMessage, "method" | "url" | "headers"> & {
  readonly socket: { readonly remoteAddress?: string | undefined };
};

/**
 * Checks each request first. All of them need the code. An address that has only sent wrong codes is locked
 * out for a minute, even with the right one, so guessing is pointless. An address that has sent the
 * right code once isn't: a whole class may share it.
 */
export function openGuard(
  code: string,
  wrongCodes = openLimit(WRONG_CODES_A_MINUTE, 60_000),
): (request: Asked) => Admission {
  const known = new Set<string>();
  const right = Buffer.from(digestOf(code));

  return ({ method, url = "", headers, socket }) => {
    const address = socket.remoteAddress ?? "";
    if (method !== "GET" && method !== "POST") return refuse(405, "Only GET and POST.");
    // The board's page never posts, and a learner's program sends no Origin. Only another page does.
    if (method === "POST" && headers.origin !== undefined) {
      return refuse(403, "Reports from web pages are not allowed.");
    }
    if (method === "POST" && headers["content-type"] !== "application/json") {
      return refuse(415, "Only JSON.");
    }
    if (!known.has(address) && wrongCodes.isReached(address)) {
      return refuse(429, "Too many wrong codes. Wait a minute.");
    }
    const [, given = "", route] = /^\/([^/?]*)(?:\/([^/?]*))?$/.exec(url) ?? [];
    if (!timingSafeEqual(Buffer.from(digestOf(given)), right)) {
      wrongCodes.allows(address);
      return refuse(404, "The code in this address is wrong. Ask for the whole address.");
    }
    known.add(address);
    return { kind: "admitted", route: route === undefined ? "no slash" : `${method} ${route}` };
  };
}

function refuse(status: number, reason: string): Admission {
  return { kind: "refused", status, reason };
}

function openReports({ code, guide, learners, onChange }: ServerOptions) {
  const reports = openLimit(REPORTS_IN_10_S, 10_000);

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request, BODY_LIMIT);
    if (body === undefined) return send(response, 413, { reason: "The report is too large." });
    const report = readReport(body);
    if (!report) return send(response, 400, { reason: "The report is not valid." });
    if ((report.guide ?? guide) !== guide) {
      return send(response, 409, { reason: "This board is another guide's." });
    }
    // Counted by name and secret: knowing only the name doesn't use up the learner's share.
    if (!reports.allows(digestOf(`${report.name} ${report.secret}`))) {
      response.setHeader("retry-after", "10");
      return send(response, 429, { reason: "Too many reports. Wait a moment." });
    }
    const from = digestOf(`${code} ${request.socket.remoteAddress}`).slice(0, 16);
    const answer = learners.take(report, from, Date.now());
    if (answer.kind === "not yours") {
      const { suggestion } = answer;
      return send(response, 403, { reason: "This name is taken.", suggestion });
    }
    if (answer.kind === "full") return send(response, 503, { reason: "The board is full." });
    send(response, 200, { number: answer.number });
    onChange();
  };
}

/** After this many keys, all counts begin again: they must not fill our memory. */
const KEYS = 10_000;

/** Counts how often something happens within a time. @param window milliseconds */
export function openLimit(most: number, window: number, now = () => performance.now()) {
  const counts = new Map<string, { since: number; count: number }>();

  function current(key: string) {
    const known = counts.get(key);
    if (known && now() - known.since < window) return known;
    if (counts.size >= KEYS) counts.clear();
    const fresh = { since: now(), count: 0 };
    counts.set(key, fresh);
    return fresh;
  }

  return {
    /** Counts one more. @returns false if that is too many */
    allows: (key: string) => ++current(key).count <= most,
    /** True if the limit is reached. Counts nothing. */
    isReached: (key: string) => current(key).count >= most,
  };
}

function send(response: ServerResponse, status: number, body: object): void {
  const headers = { "content-type": "application/json", connection: "close" };
  response.writeHead(status, headers).end(JSON.stringify(body));
}

function sendFile(response: ServerResponse, file: string, type: string): void {
  const text = readFileSync(join(import.meta.dirname, "page", file));
  response.writeHead(200, { "content-type": `${type}; charset=utf-8` }).end(text);
}

import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { digestOf } from "../../runner/common/digest.ts";
import { type Listening, listen, readBody, safeHeaders } from "../live/web-server.ts";
import { openGuard } from "./board-guard.ts";
import type { Answer, Learners } from "./learners.ts";
import { openLimit } from "./limits.ts";
import { readReport } from "./report.ts";
import type { Streams } from "./streams.ts";

export interface BoardOptions {
  readonly host: string;
  readonly port: number;
  readonly code: string;
  readonly learners: Learners;
  readonly streams: Streams;
  /** Is told when a report was taken on. */
  readonly onChange: () => void;
}

const BODY_LIMIT = 16 * 1024;
/** A learner who saves like mad stays below it. */
const REPORTS_IN_10_S = 20;
/** A room of hundreds behind one address may arrive in a minute. */
const NEW_NAMES_A_MINUTE = 300;
const CONNECTION_LIMIT = 3000;

const headers = {
  ...safeHeaders,
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};

const files: Readonly<Record<string, readonly [file: string, type: string]>> = {
  "GET ": ["board.html", "text/html"],
  "GET board.css": ["board.css", "text/css"],
  "GET wall.js": ["wall.js", "text/javascript"],
};

/** @throws Failure of kind "usage" for an address that cannot be had */
export async function serveBoard(options: BoardOptions): Promise<Listening> {
  const { code, streams } = options;
  const guard = openGuard(code);
  const report = openReports(options);
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5000 });
  server.maxConnections = CONNECTION_LIMIT;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const seen = guard(request);
    if (seen.kind === "refused") return say(response, seen.status, { reason: seen.reason });
    const file = files[seen.route];
    if (file) return show(response, ...file);
    if (seen.route === "no slash") {
      response.writeHead(308, { location: `/${code}/` }).end();
    } else if (seen.route === "GET events") {
      if (!streams.join(response)) say(response, 503, { reason: "Too many pages are open." });
    } else if (seen.route === "POST report") await report(request, response);
    else say(response, 404, { reason: "There is no such page." });
  }

  server.on("request", (request, response) => {
    answer(request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else say(response, 500, { reason: "The board failed." });
    });
  });
  return listen(server, options.host, options.port);
}

function openReports({ learners, onChange }: BoardOptions) {
  const reports = openLimit(REPORTS_IN_10_S, 10_000);
  const names = openLimit(NEW_NAMES_A_MINUTE, 60_000);

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request, BODY_LIMIT);
    if (body === undefined) return say(response, 413, { reason: "That is too much." });
    const report = readReport(body);
    if (!report) return say(response, 400, { reason: "That is no report." });
    // Of a name and its secret: whoever knows the name alone uses up nobody's share.
    const isMuch = !reports.allows(digestOf(`${report.name} ${report.secret}`));
    const isNew = !learners.knows(report.name);
    if (isMuch || (isNew && !names.allows(request.socket.remoteAddress ?? ""))) {
      response.setHeader("retry-after", "10");
      return say(response, 429, { reason: "Too many reports. Wait a moment." });
    }
    const answer = learners.take(report, Date.now());
    say(response, ...saidOf(answer));
    if (answer.kind === "taken on") onChange();
  };
}

function saidOf(answer: Answer): readonly [status: number, body: object] {
  switch (answer.kind) {
    case "taken on":
      return [200, { number: answer.number }];
    case "not yours":
      return [403, { reason: "Somebody else has this name." }];
    case "full":
      return [503, { reason: "The board is full." }];
  }
}

function say(response: ServerResponse, status: number, body: object): void {
  response
    .writeHead(status, { "content-type": "application/json", connection: "close" })
    .end(JSON.stringify(body));
}

function show(response: ServerResponse, file: string, type: string): void {
  const text = readFileSync(join(import.meta.dirname, "page", file));
  response.writeHead(200, { "content-type": `${type}; charset=utf-8` }).end(text);
}

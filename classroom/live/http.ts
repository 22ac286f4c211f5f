import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { messageOf } from "../../runner/common/failure.ts";
import { listen, readBody, safeHeaders } from "../../runner/common/web-server.ts";
import { type Access, openAccess } from "./access.ts";
import { type Refusal, refuse, refuseForeign } from "./guard.ts";

/** What is behind the guard. */
export interface Routes {
  /** GET / */
  page(): string;
  /** GET /events */
  join(response: ServerResponse): void;
  /** POST /act. @returns undefined where it was taken on */
  act(body: string): Refusal | undefined;
}

export interface LiveServer {
  /** An address that opens the page once. */
  newAddress(): string;
  close(): Promise<void>;
}

/** A page sends a few words. */
const BODY_LIMIT = 1024;

/** Nothing may frame, load, sniff or keep what we answer. */
const headers = {
  ...safeHeaders,
  "content-security-policy": "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  "x-frame-options": "DENY",
};

/**
 * Serves on this machine's loopback address only. Every request passes the guard first; after it there
 * are three routes, and none of them takes a path.
 * @param onEntry is told when an address was used
 * @throws Failure of kind "usage" for a port that cannot be had
 */
export async function serve(
  wantedPort: number,
  routes: Routes,
  onEntry: () => void,
): Promise<LiveServer> {
  const server = createServer();
  const { port, close } = await listen(server, "127.0.0.1", wantedPort);
  const host = `127.0.0.1:${port}`;
  const access = openAccess(port);
  const site: Site = { host, access, routes, onEntry };
  server.on("request", (request, response) => {
    answer(site, request, response).catch((error) => {
      if (response.headersSent) response.destroy();
      else say(response, { status: 500, reason: messageOf(error) });
    });
  });
  return {
    newAddress: () => `http://${host}/?token=${access.newToken()}`,
    close,
  };
}

interface Site {
  readonly host: string;
  readonly access: Access;
  readonly routes: Routes;
  onEntry(): void;
}

async function answer(
  site: Site,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  const refusal = refuse(request, site.host);
  if (refusal) return say(response, refusal);

  const [, token] = /^\/\?token=([\w-]+)$/.exec(request.url ?? "") ?? [];
  if (request.method === "GET" && token) return enter(site, response, token);

  const isKnown = site.access.isKnown(request.headers.cookie);
  const stranger = refuseForeign(request) ?? (isKnown ? undefined : unknown);
  if (stranger) return say(response, stranger);
  return route(site.routes, request, response);
}

function enter({ access, onEntry }: Site, response: ServerResponse, token: string): void {
  const cookie = access.useToken(token);
  if (cookie) {
    response.setHeader("set-cookie", cookie);
    showPage(response, entrance);
    onEntry();
  } else {
    say(response, unknown);
  }
}

async function route(
  routes: Routes,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  switch (`${request.method} ${request.url}`) {
    case "GET /":
      return showPage(response, routes.page());
    case "GET /events":
      return routes.join(response);
    case "POST /act": {
      const body = (await readBody(request, BODY_LIMIT)) ?? "";
      return say(response, routes.act(body) ?? { status: 202, reason: "" });
    }
    default:
      return say(response, { status: 404, reason: "There is no such page." });
  }
}

/** A redirect would still belong to whoever led here, and a strict cookie would not be sent. */
const entrance =
  '<!doctype html><title>The guide</title><link rel="icon" href="data:,"><meta http-equiv="refresh" content="0;url=/">';

const unknown: Refusal = {
  status: 401,
  reason:
    "This needs an address from the terminal. Each works once: the newest one is at the bottom.",
};

function showPage(response: ServerResponse, page: string): void {
  response.setHeader("content-type", "text/html; charset=utf-8").end(page);
}

function say(
  response: ServerResponse,
  { status, reason }: { readonly status: number; readonly reason: string },
): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(reason);
}

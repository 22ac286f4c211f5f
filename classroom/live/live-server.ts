import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { messageOf } from "../../runner/common/failure.ts";
import { jsonWithoutSecrets } from "../../runner/common/secrets.ts";
import { visible } from "../../runner/common/visible.ts";
import { listen, readBody, safeHeaders } from "../common/web-server.ts";
import { isRefusal, openAccess, type Refusal, refuse, refuseForeign } from "./access.ts";
import { tooLong, VERSION_LIMIT } from "./versions/version-store.ts";

/** What a browser that was let in can ask for. */
export interface Routes {
  /** GET /. @param nonce of the styles that the page may add */
  page(nonce: string): string;
  /** GET /editor.js, which the page loads when it first needs an editor. */
  editor(): Promise<string>;
  /** GET /events */
  join(response: ServerResponse): void;
  /** POST /ask. @returns what becomes JSON, or why it is refused */
  ask(body: string): Promise<object | Refusal>;
}

/** Bytes. In JSON, a character of a version may take six. */
const QUESTION_LIMIT = 6 * VERSION_LIMIT + 1024;

const headers = {
  ...safeHeaders,
  "content-security-policy": "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  "x-frame-options": "DENY",
};

/**
 * Serves the page on this machine's loopback address. Every request is checked first. There are four
 * routes, and none of them takes a path.
 * @param onEntry is called when a browser was let in
 * @throws Failure of kind "usage" if the port isn't available
 */
export async function serve(wantedPort: number, routes: Routes, onEntry: () => void) {
  const server = createServer();
  const { port, close } = await listen(server, "127.0.0.1", wantedPort);
  const host = `127.0.0.1:${port}`;
  const access = openAccess(port);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const refusal = refuse(request, host);
    if (refusal) return sendText(response, refusal);

    const [, token] = /^\/\?token=([\w-]+)$/.exec(request.url ?? "") ?? [];
    if (request.method === "GET" && token) {
      const cookie = access.useToken(token);
      if (!cookie) return sendText(response, unknown);
      response.setHeader("set-cookie", cookie);
      sendPage(response, entrance);
      return onEntry();
    }
    const isKnown = access.isKnown(request.headers.cookie);
    const stranger = refuseForeign(request) ?? (isKnown ? undefined : unknown);
    if (stranger) return sendText(response, stranger);
    return answerKnown(routes, request, response);
  }

  server.on("request", (request, response) => {
    answer(request, response).catch((error) => {
      if (response.headersSent) response.destroy();
      else sendText(response, { status: 500, reason: messageOf(error) });
    });
  });
  return {
    /** Makes an address that opens the page once. */
    newAddress: () => `http://${host}/?token=${access.newToken()}`,
    close,
  };
}

/** Answers a browser that was let in. */
async function answerKnown(
  routes: Routes,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  switch (`${request.method} ${request.url}`) {
    case "GET /":
      return sendPage(response, routes.page(randomBytes(16).toString("base64")));
    case "GET /editor.js": {
      response.setHeader("content-type", "text/javascript; charset=utf-8");
      return void response.end(await routes.editor());
    }
    case "GET /events":
      return routes.join(response);
    case "POST /ask": {
      const body = await readBody(request, QUESTION_LIMIT);
      if (body === undefined) return sendText(response, tooLong);
      const answer = await routes.ask(body);
      if (isRefusal(answer)) return sendText(response, answer);
      response.setHeader("content-type", "application/json; charset=utf-8");
      return void response.end(jsonWithoutSecrets(answer));
    }
    default:
      return sendText(response, { status: 404, reason: "This page does not exist." });
  }
}

/** Not a redirect: that would count as the other page's request, without our strict cookie. */
const entrance =
  '<!doctype html><title>The guide</title><link rel="icon" href="data:,"><meta http-equiv="refresh" content="0;url=/">';

const unknown: Refusal = {
  status: 401,
  reason:
    "Open an address from the terminal. Each address works once: the newest one is at the bottom.",
};

function sendPage(response: ServerResponse, page: string): void {
  response.setHeader("content-type", "text/html; charset=utf-8").end(page);
}

function sendText(
  response: ServerResponse,
  { status, reason }: { readonly status: number; readonly reason: string },
): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(visible(reason));
}

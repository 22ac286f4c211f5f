import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { isAlive } from "../support/command.ts";
import { makeDirectory } from "../support/files.ts";
import { type LiveGuide, openGuide } from "../support/live.ts";
import { fewRuns, makeShellGuide } from "../support/shell-guide.ts";

interface Answer {
  readonly status: number | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

/** Asks as no browser would: with whatever headers. */
function ask(
  url: string,
  method: string,
  headers: NodeJS.Dict<string>,
  body = "",
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false }, (response) => {
      let text = "";
      const { statusCode: status, headers } = response;
      response.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
        if (headers["content-type"]?.startsWith("text/event-stream")) response.destroy();
      });
      response.on("close", () => resolve({ status, headers, body: text }));
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

async function enter(guide: LiveGuide) {
  return enterBy(await guide.address());
}

async function enterBy(address: string) {
  const { origin, host, port } = new URL(address);
  const entered = await ask(address, "GET", {});
  const cookie = String(entered.headers["set-cookie"]).split(";")[0] ?? "";
  return { address, origin, host, port: Number(port), entered, cookie };
}

/** Those of this machine that others reach. */
function otherAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ internal, family }) => !internal && family === "IPv4")
    .map(({ address }) => address);
}

function reach(address: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, address, () => resolve("connected"));
    socket.on("error", () => resolve("refused"));
    socket.setTimeout(2000, () => resolve("no answer"));
    socket.on("close", () => resolve("closed"));
    onTestFinished(() => void socket.destroy());
  });
}

describe("the server of the live page", () => {
  test("lets in who has a token, once, and answers nobody else; on the loopback address only", async () => {
    const guide = await openGuide(makeShellGuide());
    const { address, origin, host, port, entered, cookie } = await enter(guide);
    expect(entered.status).toBe(200);
    expect(String(entered.headers["set-cookie"])).toMatch(
      /^guide_\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/,
    );

    const all = '{"kind":"all","shown":{}}';
    const json = { "content-type": "application/json" };
    const own = { cookie, origin };
    const table: [string, string, NodeJS.Dict<string>, number, string?][] = [
      ["GET /", "a token that was used", {}, 401],
      ["GET /", "no cookie", {}, 401],
      ["GET /events", "no cookie", {}, 401],
      ["POST /ask", "no cookie", { origin, ...json }, 401, all],
      ["GET /", "a cookie that is nearly right", { cookie: cookie.slice(0, -1) }, 401],
      ["GET /", "another name of this machine", { cookie, host: `localhost:${port}` }, 403],
      ["GET /", "a name that begins like ours", { cookie, host: `${host}.evil.test` }, 403],
      ["GET /events", "a rebound name", { cookie, host: `evil.test:${port}` }, 403],
      ["GET /events", "another origin", { cookie, origin: "http://evil.test" }, 403],
      ["GET /events", "an origin that begins like ours", { cookie, origin: `${origin}0` }, 403],
      ["GET /", "a page on another port", { cookie, "sec-fetch-site": "same-site" }, 403],
      ["POST /ask", "no origin", { cookie, ...json }, 403, all],
      ["POST /ask", "an opaque origin", { cookie, origin: "null", ...json }, 403, all],
      ["POST /ask", "a form", { ...own, "content-type": "text/plain" }, 415, all],
      ["POST /ask", "JSON that is no question", { ...own, ...json }, 400, '{"kind":"write"}'],
      [
        "POST /ask",
        "a run that is not there",
        { ...own, ...json },
        400,
        '{"kind":"run","run":6,"shown":{}}',
      ],
      ["POST /ask", "no cookie", { origin, ...json }, 401, '{"kind":"script","script":0}'],
      ["POST /ask", "no origin", { cookie, ...json }, 403, '{"kind":"script","script":0}'],
      ["POST /ask", "a form", { ...own, "content-type": "text/plain" }, 415, "{}"],
      ["POST /ask", "a path", { ...own, ...json }, 400, '{"kind":"script","script":"../a"}'],
      ["POST /ask", "too long", { ...own, ...json }, 413, " ".repeat(500_000)],
      ["GET /editor.js", "no cookie", {}, 401],
      ["GET /editor.js", "a page on another port", { cookie, "sec-fetch-site": "same-site" }, 403],
      ["PUT /ask", "another method", { ...own, ...json }, 405, all],
      ["GET /../package.json", "a path", { cookie }, 404],
      ["GET /ask", "the other method", { cookie }, 404],
      ["GET /", "all that is needed", { cookie }, 200],
      ["GET /events", "all that is needed", { cookie }, 200],
    ];
    for (const [route, what, headers, status, body] of table) {
      const [method = "", path = ""] = route.split(" ");
      const url = what.startsWith("a token") ? address : origin + path;
      const answer = await ask(url, method, headers, body).catch((error) => ({
        status: what === "too long" ? 413 : 0,
        body: String(error),
        headers: {},
      }));
      expect(answer.status, `${route} with ${what}: ${answer.body.slice(0, 200)}`).toBe(status);
      if (status !== 200) expect(answer.body).not.toContain("Book Library");
    }
    const events = await ask(`${origin}/events`, "GET", { cookie });
    expect(events.body).toContain('"position":0');
    expect(events.body).not.toContain('"running"'); // nothing of all this ran anything

    const page = await ask(origin, "GET", { cookie });
    expect(page.body).toContain("Book Library");
    expect(page.headers).toMatchObject({
      "cross-origin-resource-policy": "same-origin",
      "x-frame-options": "DENY",
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
    });
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page.body)?.[1] ?? "";
    expect(policy).toContain("default-src &#39;none&#39;; connect-src &#39;self&#39;;");
    expect(policy).not.toContain("unsafe");

    const second = await enter(guide);
    expect((await ask(second.origin, "GET", { cookie: second.cookie })).status).toBe(200);

    for (const other of otherAddresses()) expect(await reach(other, port)).not.toBe("connected");

    guide.child.kill("SIGINT");
    expect(await guide.ended).toBe(130);
    await guide.prints("Interrupted. Everything is stopped and removed.");
  });

  describe.skipIf(process.platform !== "linux")("with a browser", () => {
    test("starts it with a file that only this user can read; ends when its last page is closed", async () => {
      const { guide, words, mode, page, file } = await openInBrowser();
      const printed = await guide.prints("The address works once.");
      const [address = "", token = "none"] = /http:\S+token=([\w-]+)/.exec(printed) ?? [];
      expect(words).toMatch(/^file:\/\/\S+\/\w+\.html$/);
      expect(words).not.toContain(token); // any user may read a command line
      expect(mode).toBe("600");
      expect(page).toContain(token);

      const { origin, cookie } = await enterBy(address);
      await ask(`${origin}/events`, "GET", { cookie });
      expect(await guide.ended).toBe(0);
      expect(existsSync(file)).toBe(false);
    });

    test("leaves no file when it is killed, and the browser open", async () => {
      const { guide, file, browser } = await openInBrowser();
      expect(existsSync(file)).toBe(true);
      guide.child.kill("SIGKILL");
      await expect.poll(() => existsSync(file), { timeout: 20_000 }).toBe(false);
      expect(isAlive(browser)).toBe(true);
    });
  });
});

/** Opens a guide in what stands for a browser: it tells what it was started with. */
async function openInBrowser() {
  const directory = makeDirectory("guide-test");
  const opener = join(directory, "xdg-open");
  const seen = join(directory, "seen");
  const tell = 'file=$(echo "$1" | sed s,file://,,); stat -c %a "$file"; cat "$file"';
  writeFileSync(
    opener,
    `#!/bin/sh\n{ echo "$@"; ${tell}; echo; echo $$; } > "${seen}.new"
mv "${seen}.new" "${seen}"; sleep 30; exit 0 # with the file in its command line\n`,
  );
  chmodSync(opener, 0o755);
  const PATH = `${directory}:${process.env.PATH}`;
  const environment = { DATABASE_URL: inject("databaseUrl"), PATH };
  const guide = makeShellGuide(fewRuns).start(["open", "--idle-timeout", "4"], environment);
  await expect.poll(() => existsSync(seen), { timeout: 20_000 }).toBe(true);
  const [words = "", mode, page, pid] = readFileSync(seen, "utf8").split("\n");
  const browser = Number(pid);
  onTestFinished(() => void process.kill(-browser, "SIGKILL")); // it has a group of its own
  return { guide, words, mode, page, file: fileURLToPath(words), browser };
}

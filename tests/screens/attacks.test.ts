import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { listen } from "../../classroom/common/web-server.ts";
import { makeDirectory } from "../support/files.ts";
import { openGuide } from "../support/live.ts";
import { copySmallProject, sharedProject } from "../support/project.ts";
import { openContext, useBrowser } from "./browser.ts";

useBrowser();

/** Serves an empty page, on which an attacker may do what pages can do. @returns its port */
async function serveAttacker(): Promise<number> {
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><body>Free books");
  });
  const { port, close } = await listen(server, "127.0.0.1", 0);
  onTestFinished(close);
  return port;
}

/** What an attacker gets by each way that a page has. The live page is at `victim`. */
function attack(page: Page, victim: string): Promise<Record<string, string>> {
  return page.evaluate(`(async (victim) => {
    const all = '{"kind":"all","shown":{}}';
    const said = (work) => work.then((text) => "read: " + text, () => "refused");
    const asks = (path, init) =>
      said(fetch(victim + path, { credentials: "include", ...init }).then(async (r) => r.status + (await r.text())));
    const element = (name, attributes, parent = document.body) => new Promise((resolve) => {
      const made = Object.assign(document.createElement(name), attributes);
      made.onload = () => resolve("loaded");
      made.onerror = () => resolve("refused");
      parent.append(made);
    });
    const stream = () => new Promise((resolve) => {
      const source = new EventSource(victim + "/events", { withCredentials: true });
      source.onmessage = ({ data }) => resolve("read: " + data);
      source.onerror = () => { source.close(); resolve("refused"); };
    });
    const form = (type, field) => new Promise((resolve) => {
      const frame = Object.assign(document.createElement("iframe"), { name: "f" + type });
      const made = Object.assign(document.createElement("form"), {
        method: "post", enctype: type, action: victim + "/ask", target: frame.name });
      made.append(Object.assign(document.createElement("input"), field));
      document.body.append(frame, made);
      frame.onload = () => resolve("answered, unread");
      document.addEventListener("securitypolicyviolation", () => resolve("refused"));
      made.submit();
    });
    return {
      read: await asks("/", {}),
      blind: await asks("/", { mode: "no-cors" }),
      post: await asks("/ask", { method: "POST", body: all, headers: { "content-type": "application/json" } }),
      simplePost: await asks("/ask", { method: "POST", body: all }),
      blindPost: await asks("/ask", { method: "POST", body: all, mode: "no-cors" }),
      ask: await asks("/ask", { method: "POST", body: '{"kind":"script","script":0}', headers: { "content-type": "application/json" } }),
      blindAsk: await asks("/ask", { method: "POST", body: '{"kind":"write","script":0,"text":"x"}', mode: "no-cors" }),
      editor: await element("script", { src: victim + "/editor.js" }),
      editorModule: await said(import(victim + "/editor.js").then(() => "loaded")),
      events: await stream(),
      script: await element("script", { src: victim + "/" }),
      image: await element("img", { src: victim + "/" }),
      style: await element("link", { rel: "stylesheet", href: victim + "/" }),
      plainForm: await form("text/plain", { name: '{"kind":"all","shown":{},"x":"', value: '"}' }),
      form: await form("application/x-www-form-urlencoded", { name: "kind", value: "all" }),
    };
  })(${JSON.stringify(victim)})`);
}

test("no other page reads anything or runs anything, while the guide is open beside it", async () => {
  const guide = await openGuide(sharedProject());
  const context = await openContext();
  const address = await guide.address();
  const { origin, port } = new URL(address);
  const page = await context.newPage();
  await page.goto(address);
  await page.getByRole("button", { name: "Run 01-create" }).waitFor();
  const attackerPort = await serveAttacker();

  for (const place of [
    `http://evil.localhost:${attackerPort}`, // another site
    `http://127.0.0.1:${attackerPort}`, // another port: the same site, so the browser sends the cookie
  ]) {
    const evil = await context.newPage();
    await evil.goto(place);
    const got = await attack(evil, origin);
    for (const [way, result] of Object.entries(got)) {
      expect(result, `${way} from ${place}`).toMatch(/^(refused|answered, unread|read: 0)$/);
    }
    // In a frame there is the browser's own error page, or the refusal.
    await evil.evaluate(`new Promise((resolve) => {
      const frame = Object.assign(document.createElement("iframe"), { src: ${JSON.stringify(origin)} });
      frame.onload = resolve;
      document.body.append(frame);
    })`);
    for (const frame of evil.frames().slice(1)) {
      expect(await frame.locator("body").textContent()).not.toContain("books");
    }

    // The same server by the attacker's name: what DNS rebinding comes to.
    const rebound = await evil.goto(`http://evil.localhost:${port}/`);
    expect(rebound?.status()).toBe(403);
    const again = await attack(evil, `http://evil.localhost:${port}`);
    for (const [way, result] of Object.entries(again)) {
      expect(result, `${way} by another name`).toMatch(
        /^(refused|answered, unread|read: 0|read: 40[0-9]This server only answers to http\S+\.)$/,
      );
    }

    // An address that was used, in a browser that was never let in.
    const stranger = await (await openContext()).newPage();
    await stranger.goto(place);
    await stranger.evaluate(`location.href = ${JSON.stringify(address)}`);
    await stranger.getByText("Open an address from the terminal.").waitFor();
  }
  expect(await page.locator(".verdict:visible").count()).toBe(0); // nothing ran
  await page.getByRole("button", { name: "Run 01-create" }).click();
  await page.locator("[id='01-create'] .verdict.good").waitFor(); // and it still works
});

test("a file that leads to the address, as the browser is started with, lets its reader in", async () => {
  const guide = await openGuide(sharedProject());
  const directory = makeDirectory("guide-test");
  const file = join(directory, "open.html");
  const address = await guide.address();
  writeFileSync(file, `<meta http-equiv="refresh" content="0;url=${address}">`);
  const page = await (await openContext()).newPage();
  await page.goto(pathToFileURL(file).href);
  await page.getByRole("button", { name: "Run 01-create" }).waitFor();
  expect(page.url()).toBe(`${new URL(address).origin}/`);
  expect(await page.evaluate("document.cookie")).toBe("");
});

test("script in titles, names of files, tables and columns, statements and errors is text on the page", async () => {
  const evil = "<img src=x onerror=ran=1>";
  const project = copySmallProject(["pg"]);
  const manifest = JSON.parse(project.read("steps/guide.json"));
  project.write("steps/guide.json", JSON.stringify({ ...manifest, title: evil }));
  project.write(
    "steps/01-create.ts",
    `/*
# ${evil}

${evil}
*/
import { step } from "../drivers/step.ts";

await step(async (db) => {
  await db.query('CREATE TABLE "${evil}" ("${evil}" text)');
  await db.query('INSERT INTO "${evil}" VALUES ($1)', ["${evil}"]);
  console.log("${evil}");
});
`,
  );
  const guide = await openGuide(project, [], {});
  const page = await (await openContext()).newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  await page.goto(await guide.address());
  await page.getByRole("heading", { name: evil, level: 1 }).waitFor();
  await page.getByRole("button", { name: "Run 01-create" }).click();
  const part = page.locator("[id='01-create']");
  await part.locator("figcaption", { hasText: `Table ${evil}` }).waitFor();
  await part.locator("th button", { hasText: evil }).waitFor();
  await part.locator(".sent summary").click();
  await part.locator(".statements", { hasText: evil }).waitFor();
  await page.getByRole("button", { name: "Tables", exact: true }).click();
  await page.locator(".points figcaption", { hasText: evil }).waitFor();
  await page.getByRole("button", { name: "Close" }).click();

  // Completion names the table, and the server's error what was asked.
  await part.locator(".ask summary").click();
  await part.locator(".ask .cm-focused").waitFor();
  await page.keyboard.type("SELECT * FROM ");
  await page.keyboard.press("Control+Space");
  await page.locator(".cm-tooltip-autocomplete", { hasText: evil }).waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Shift+Enter");
  await part.locator(".asked .refused").waitFor();
  await page.keyboard.press("Control+a");
  await page.keyboard.type(`SELECT "${evil}"`);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Shift+Enter");
  await part.locator(".asked .refused", { hasText: `column "${evil}" does not exist` }).waitFor();

  // A file with such a name is refused while the guide is open.
  project.write(`steps/03-${evil}.ts`, "");
  await page.locator(".toolbar .message", { hasText: evil }).waitFor();

  expect(await page.locator("body :is(img, script:not([type=module]))").count()).toBe(0);
  expect(await page.evaluate("globalThis.ran")).toBeUndefined();
  // Chromium itself styles what is typed in place of a selection: the policy refuses that, too.
  expect(complaints.filter((text) => !/409|Applying inline style/.test(text))).toEqual([]);
});

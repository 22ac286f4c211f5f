import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { launchChromium } from "../../tools/pictures/chromium.ts";

let browser: Browser | undefined;

/** Starts the system's browser for the tests of a file. Without one, they all fail. */
export function useBrowser(): void {
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
  });
}

/** A page that was opened, and all that must not happen on it. */
export interface OpenedPage {
  readonly page: Page;
  /** What the browser asked the network for, other than the page itself. */
  readonly requests: readonly string[];
  /** Errors, and whatever the page's policy refused. */
  readonly complaints: readonly string[];
}

/** A browser of somebody's own, with cookies of its own. */
export async function openContext(options: BrowserContextOptions = {}): Promise<BrowserContext> {
  if (!browser) throw new Error("Call useBrowser() first.");
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  return context;
}

/** Opens a page as a reader would who has its file. Its browser has no network. */
export async function openPage(
  html: string,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  const directory = mkdtempSync(join(tmpdir(), "export-page-"));
  const file = join(directory, "page.html");
  writeFileSync(file, html);
  const url = pathToFileURL(file).href;

  const context = await openContext({ offline: true, ...options });
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const requests: string[] = [];
  const complaints: string[] = [];
  context.on("request", (request) => {
    if (request.url() !== url) requests.push(request.url());
  });
  context.on("console", (message) => complaints.push(message.text()));
  context.on("weberror", (error) => complaints.push(error.error().message));

  const page = await context.newPage();
  await page.goto(url);
  return { page, requests, complaints };
}

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { launchChromium } from "../../docs/pictures/chromium.ts";

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

/** Opens a page as a reader would who has its file. Its browser has no network. */
export async function openPage(
  html: string,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  if (!browser) throw new Error("Call useBrowser() first.");
  const directory = mkdtempSync(join(tmpdir(), "export-page-"));
  const file = join(directory, "page.html");
  writeFileSync(file, html);
  const url = pathToFileURL(file).href;

  const context = await browser.newContext({ offline: true, ...options });
  onTestFinished(async () => {
    await context.close();
    rmSync(directory, { recursive: true, force: true });
  });
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

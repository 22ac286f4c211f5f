import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { launchChromium } from "../../tools/pictures/chromium.ts";
import { makeDirectory } from "../support/files.ts";
import type { LiveGuide } from "../support/live.ts";

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

/** Collects the errors of a browser's pages, and whatever their policies refused. */
export function complaintsIn(context: BrowserContext): readonly string[] {
  const complaints: string[] = [];
  context.on("console", (message) => complaints.push(message.text()));
  context.on("weberror", (error) => complaints.push(error.error().message));
  return complaints;
}

/** Opens the page of a guide that is served. */
export async function openLive(
  guide: Pick<LiveGuide, "address">,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const page = await (await openContext(options)).newPage();
  await page.goto(await guide.address());
  return page;
}

/** Waits until a page says so at its status. */
export async function says(page: Page, text: string | RegExp): Promise<void> {
  await page.getByRole("status").filter({ hasText: text }).waitFor();
}

/** Opens a page as a reader would who has its file. Its browser has no network. */
export async function openPage(
  html: string,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  const file = join(makeDirectory("export-page"), "page.html");
  writeFileSync(file, html);
  const url = pathToFileURL(file).href;

  const context = await openContext({ offline: true, ...options });
  const requests: string[] = [];
  context.on("request", (request) => {
    if (request.url() !== url) requests.push(request.url());
  });
  const complaints = complaintsIn(context);

  const page = await context.newPage();
  await page.goto(url);
  return { page, requests, complaints };
}

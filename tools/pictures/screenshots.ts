// Takes the pictures in docs/ of an exported page: npx tsx tools/pictures/screenshots.ts PAGE.html
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { launchChromium } from "./chromium.ts";

const docs = join(import.meta.dirname, "../../docs");

interface Picture {
  readonly name: string;
  readonly options: BrowserContextOptions;
  /** Brings the page into view. */
  readonly prepare: (page: Page) => Promise<void>;
}

/** The section of the page that shows the most: a step that is run again. */
const STEP = ".step:has(+ .again)";

const pictures: readonly Picture[] = [
  {
    name: "page.png",
    options: { viewport: { width: 1280, height: 1280 }, colorScheme: "light" },
    prepare: (page) => scrollTo(page, STEP),
  },
  {
    name: "page-dark-phone.png",
    options: { viewport: { width: 390, height: 844 }, colorScheme: "dark", deviceScaleFactor: 2 },
    prepare: (page) => scrollTo(page, `${STEP} + .again`),
  },
  {
    name: "projector.png",
    options: { viewport: { width: 1600, height: 900 }, colorScheme: "light" },
    prepare: async (page) => {
      await scrollTo(page, STEP);
      await page.keyboard.press("p");
      await page.keyboard.press("ArrowRight"); // to its code
    },
  },
];

const [file = ""] = process.argv.slice(2);
if (existsSync(file)) {
  const browser = await launchChromium();
  for (const picture of pictures) await take(browser, picture);
  await browser.close();
} else {
  console.error("Name an exported page: npx tsx tools/pictures/screenshots.ts PAGE.html");
  process.exitCode = 2;
}

async function take(browser: Browser, { name, options, prepare }: Picture): Promise<void> {
  const page = await browser.newPage(options);
  await page.goto(pathToFileURL(resolve(file)).href);
  await prepare(page);
  await page.screenshot({ path: join(docs, name) });
  await page.close();
  console.log(`docs/${name}`);
}

/** Scrolls a section to the top, and waits until the contents have noticed. */
async function scrollTo(page: Page, selector: string): Promise<void> {
  const section = page.locator(selector).first();
  await section.evaluate((element) => element.scrollIntoView());
  const id = await section.getAttribute("id");
  await page.locator(`.contents [aria-current][href="#${id}"]`).waitFor({ state: "attached" });
}

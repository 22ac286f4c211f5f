import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { toHtml } from "../../runner/document/html-page.ts";
import { ownDocument } from "../export/support.ts";
import { openPage, useBrowser } from "./browser.ts";

useBrowser();
const html = toHtml(await ownDocument());

const size = { viewport: { width: 1280, height: 800 } };

/** The ids of the sections that show. In the projector mode it is one. */
function shown(page: Page): Promise<string[]> {
  return page.locator(".screen:visible").evaluateAll((all) => all.map(({ id }) => id));
}

/** What is on the screen, such as "01-create .code-part", and where that is: "7 / 28 (1 of 2)". */
async function slide(page: Page): Promise<string> {
  const part = page.locator(".slide:visible");
  expect(await part.count()).toBe(1);
  const name = await part.evaluate((one) => /(told|code-part|run-part)|$/.exec(one.className)?.[0]);
  return `${await shown(page)} ${name}`.trim();
}

async function position(page: Page): Promise<string> {
  return (await page.locator(".position").textContent()) ?? "";
}

interface Line {
  readonly id: string;
  /** A file of code, or all else that the slide has. */
  readonly block: string;
  /** It is on the screen from its first letter to its last, and nothing lies on it. */
  readonly isWhole: boolean;
  /** Of code, in pixels. */
  readonly size: number;
}

const linesOfSlide = `(() => {
  const controls = document.querySelector(".controls").getBoundingClientRect().top;
  const lines = document.querySelectorAll(".shown :is(pre .line, p:not(.unseen), li, h2, figcaption)");
  return [...lines].filter((line) => line.checkVisibility()).map((line, index) => {
    const isWhole = [...line.getClientRects()].every(({ left, right, top, bottom }) =>
      left >= 0 && right <= innerWidth && top >= 0 && bottom <= controls);
    const pre = line.closest("pre");
    const block = line.closest(".code-part figure")?.querySelector("figcaption")?.textContent ?? "";
    const size = pre ? parseFloat(getComputedStyle(pre).fontSize) : 99;
    return { id: index + " " + line.textContent, block, isWhole, size };
  });
})()`;

test("shows one thing at a time, whole, in large type", async () => {
  const { page, complaints } = await openPage(html, size);
  expect(await shown(page)).toHaveLength(20);
  await page.keyboard.press("p");
  expect(await slide(page)).toBe("top");
  await page.keyboard.press("ArrowLeft");
  expect(await slide(page)).toBe("top");

  const seen = new Set<string>();
  const all = new Set<string>();
  const whole = new Set<string>();
  for (let last = ""; last !== (await position(page)); await page.keyboard.press("ArrowRight")) {
    last = await position(page);
    const name = await slide(page);
    seen.add(name);
    const lines: Line[] = await page.evaluate(linesOfSlide);
    for (const { id, isWhole, size } of lines) {
      expect(size).toBeGreaterThanOrEqual(20);
      all.add(`${name} ${id}`);
      if (isWhole) whole.add(`${name} ${id}`);
    }
  }
  expect([...all].filter((line) => !whole.has(line))).toEqual([]);
  expect([...seen].slice(5, 9)).toEqual([
    "01-create told",
    "01-create code-part",
    "01-create run-part",
    "02-read told",
  ]);
  expect(seen.size).toBe(28);
  expect(await position(page)).toBe("28 / 28");

  await page.keyboard.press("Home");
  expect(await slide(page)).toBe("top");
  await page.keyboard.press("End");
  expect(await slide(page)).toBe("resources");
  await page.keyboard.press("Escape");
  expect(await shown(page)).toHaveLength(20);
  expect(complaints).toEqual([]);
});

test("a step's text, each file of its code, and its output: each is whole on one screen", async () => {
  const { page } = await openPage(html, size);
  const libraries = await page.locator("[role=tablist]").first().getByRole("tab").allTextContents();
  expect(libraries).toEqual(["pg", "postgres.js", "Drizzle"]);
  const all = new Set<string>();
  const whole = new Set<string>();
  for (const library of libraries) {
    await page.getByRole("tab", { name: library, exact: true }).first().click();
    await page.goto(`${page.url().split("#")[0]}#01-create`);
    await page.locator(".contents [aria-current]", { hasText: "Create a table" }).waitFor();
    await page.keyboard.press("p");
    for (let name = await slide(page); name !== "shared"; name = await slide(page)) {
      const lines: Line[] = await page.evaluate(linesOfSlide);
      const cut = new Set(lines.filter(({ isWhole }) => !isWhole).map(({ block }) => block));
      for (const block of new Set(lines.map((line) => line.block))) {
        if (!/told|part/.test(name)) continue;
        all.add(`${library}, ${name} ${block}`);
        if (!cut.has(block)) whole.add(`${library}, ${name} ${block}`);
      }
      await page.keyboard.press("PageDown");
    }
    await page.keyboard.press("p");
  }
  expect([...all].filter((block) => !whole.has(block))).toEqual([]);
  expect(all.size).toBe(3 * 4 * 3 + 3); // postgres.js and Drizzle import other files, too
});

test("begins with what is being read, and ends there", async () => {
  const { page } = await openPage(html, size);
  await page.getByRole("link", { name: "Update data" }).click();
  await page.locator(".contents [aria-current]", { hasText: "Update data" }).waitFor();
  await page.getByRole("button", { name: "Projector" }).click();
  expect(await slide(page)).toBe("03-update told");
  for (const next of ["03-update code-part", "03-update run-part", "02-read.after-03-update"]) {
    await page.getByRole("button", { name: "Next", exact: true }).click();
    expect(await slide(page)).toBe(next);
  }
  await page.keyboard.press("p");
  await page.locator(".contents [aria-current]", { hasText: "Run 02-read again" }).waitFor();
  expect(await page.evaluate("location.hash")).toBe("#02-read.after-03-update");
});

test("has type for the last row: 40 lines at most on a screen", async () => {
  const { page } = await openPage(html, size);
  await page.keyboard.press("p");
  for (const [width, height] of [
    [1280, 720],
    [1920, 1080],
    [3840, 2160],
  ] as const) {
    await page.setViewportSize({ width, height });
    const type = await page.evaluate(
      "parseFloat(getComputedStyle(document.querySelector('.current')).fontSize)",
    );
    expect(height / Number(type)).toBeLessThan(40);
  }
});

test("a presenter's remote turns the pages of a long code, there and back", async () => {
  const { page } = await openPage(html, { viewport: { width: 1100, height: 700 } });
  await page.goto(`${page.url()}#01-create`);
  await page.locator(".contents [aria-current]", { hasText: "Create a table" }).waitFor();
  await page.keyboard.press("p");
  await page.keyboard.press("PageDown");
  expect(await position(page)).toBe("7 / 28 (1 of 2)");
  await page.keyboard.press("PageDown");
  expect(await position(page)).toBe("7 / 28 (2 of 2)");
  await page.keyboard.press("PageDown");
  expect(await slide(page)).toBe("01-create run-part");
  await page.keyboard.press("PageUp");
  expect(await position(page)).toBe("7 / 28 (2 of 2)");
});

test("its key can be switched off, and stays off", async () => {
  const { page } = await openPage(html, size);
  await page.getByLabel("The key p begins and ends the projector").uncheck();
  await page.keyboard.press("p");
  expect(await shown(page)).toHaveLength(20);
  await page.reload();
  await page.keyboard.press("p");
  expect(await shown(page)).toHaveLength(20);
  await page.getByRole("button", { name: "Projector" }).click();
  expect(await slide(page)).toBe("top");
});

test("the arrow keys of the tabs stay theirs, and p with a modifier is the browser's", async () => {
  const { page } = await openPage(html, size);
  await page.keyboard.press("Control+p");
  expect(await shown(page)).toHaveLength(20);

  await page.goto(`${page.url()}#03-update`);
  await page.locator(".contents [aria-current]", { hasText: "Update data" }).waitFor();
  await page.keyboard.press("p");
  await page.keyboard.press("ArrowRight");
  await page.locator(".shown [role=tab]").first().focus();
  await page.keyboard.press("ArrowRight");
  expect(await slide(page)).toBe("03-update code-part");
  expect(await page.locator(".current .panel:visible").getAttribute("data-choice")).toBe(
    "standalone/postgres",
  );
});

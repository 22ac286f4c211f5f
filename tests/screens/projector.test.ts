import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { toHtml } from "../../runner/export/html/export-html.ts";
import { ownDocument } from "../export/support.ts";
import { openPage, useBrowser } from "./browser.ts";

useBrowser();
let html = "";
beforeAll(async () => {
  html = await toHtml(await ownDocument());
});

const size = { viewport: { width: 1920, height: 1080 } };

/** The ids of the sections that show. In the projector mode it is one. */
function shown(page: Page): Promise<string[]> {
  return page.locator(".screen:visible").evaluateAll((all) => all.map(({ id }) => id));
}

test("shows one step a screen, and the arrow keys turn", async () => {
  const { page, complaints } = await openPage(html, size);
  expect(await shown(page)).toHaveLength(18);

  await page.keyboard.press("p");
  expect(await shown(page)).toEqual(["top"]);
  await page.keyboard.press("ArrowLeft");
  expect(await shown(page)).toEqual(["top"]);

  const seen = [];
  for (let turn = 0; turn < 18; turn++) {
    await page.keyboard.press("ArrowRight");
    seen.push(...(await shown(page)));
  }
  expect(seen.slice(4, 10)).toEqual([
    "01-create",
    "02-read",
    "03-update",
    "02-read.after-03-update",
    "04-delete",
    "02-read.after-04-delete",
  ]);
  expect(seen.at(-1)).toBe("resources");
  expect(await page.getByText("18 / 18").isVisible()).toBe(true);

  await page.keyboard.press("Home");
  expect(await shown(page)).toEqual(["top"]);
  await page.keyboard.press("End");
  expect(await shown(page)).toEqual(["resources"]);
  await page.keyboard.press("Escape");
  expect(await shown(page)).toHaveLength(18);
  expect(complaints).toEqual([]);
});

test("begins with what is being read, and ends there", async () => {
  const { page } = await openPage(html, size);
  await page.getByRole("link", { name: "Update data" }).click();
  await page.locator(".contents [aria-current]", { hasText: "Update data" }).waitFor();
  await page.getByRole("button", { name: "Projector" }).click();
  expect(await shown(page)).toEqual(["03-update"]);

  await page.getByRole("button", { name: "On", exact: true }).click();
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

test("a presenter's remote scrolls through a long step before it turns", async () => {
  const { page } = await openPage(html, size);
  await page.goto(`${page.url()}#01-create`);
  await page.locator(".contents [aria-current]", { hasText: "Create a table" }).waitFor();
  await page.keyboard.press("p");
  await page.keyboard.press("PageDown");
  expect(await shown(page)).toEqual(["01-create"]);
  expect(await page.evaluate("scrollY")).toBeGreaterThan(100);

  for (let press = 0; press < 5; press++) await page.keyboard.press("PageDown");
  expect(await shown(page)).not.toEqual(["01-create"]);
});

test("the arrow keys of the tabs stay theirs, and p with a modifier is the browser's", async () => {
  const { page } = await openPage(html, size);
  await page.keyboard.press("Control+p");
  expect(await shown(page)).toHaveLength(18);

  await page.goto(`${page.url()}#03-update`);
  await page.locator(".contents [aria-current]", { hasText: "Update data" }).waitFor();
  await page.keyboard.press("p");
  await page.locator(".current [role=tab]").first().focus();
  await page.keyboard.press("ArrowRight");
  expect(await shown(page)).toEqual(["03-update"]);
  expect(await page.locator(".current .panel:visible").getAttribute("data-choice")).toBe(
    "standalone/postgres",
  );
});

test("no code is cut off at the side", async () => {
  const { page } = await openPage(html, size);
  await page.keyboard.press("p");
  for (let turn = 0; turn < 18; turn++) {
    const wide = page
      .locator(".current pre")
      .evaluateAll((all) =>
        all
          .filter((block) => block.scrollWidth > block.clientWidth)
          .map(({ textContent }) => textContent),
      );
    expect(await wide).toEqual([]);
    await page.keyboard.press("ArrowRight");
  }
});

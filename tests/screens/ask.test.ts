import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { openGuide } from "../support/live.ts";
import { copySmallProject } from "../support/project.ts";
import { violations } from "./axe.ts";
import { openLive, useBrowser } from "./browser.ts";

useBrowser();

/** Waits until the page has drawn twice: by then it has seen a scroll, or a new size, and answered it. */
async function drawn(page: Page): Promise<void> {
  await page.evaluate(
    "new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))",
  );
}

test("the reader asks the database below a run, and sorts and filters the answer", async () => {
  const page = await openLive(await openGuide(copySmallProject(["pg"]), [], {}), {
    viewport: { width: 390, height: 844 },
  });
  await page.getByRole("button", { name: "Run 01-create" }).click();
  const part = page.locator("[id='01-create']");
  await part.locator(".ask summary").click();
  const editor = part.locator(".ask .cm-content");
  await part.locator(".ask .cm-focused").waitFor(); // the reader types at once
  expect(await editor.textContent()).toBe("SELECT * FROM books"); // it knows the tables
  await page.keyboard.type("SELECT 1"); // instead
  expect(await editor.textContent()).toBe("SELECT 1");
  // No name of a column is broken within a word.
  const parts = await page.evaluate(`
    [...document.querySelectorAll(".table th button")].flatMap((one) => [...one.childNodes])
      .filter((node) => node.nodeType === Node.TEXT_NODE && node.textContent)
      .map((node) => {
        const range = document.createRange();
        range.selectNodeContents(node);
        return node.textContent + range.getClientRects().length;
      })`);
  expect(parts).toEqual(["id1", "title1", "author1", "publication_1", "year1", "in_1", "stock1"]);
  const ask = async (sql: string) => {
    await editor.press("Control+a");
    await page.keyboard.press("Delete");
    await page.keyboard.type(sql);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Shift+Enter");
  };
  await editor.press("Control+a");
  await page.keyboard.type("SELECT ti");
  const offered = page.locator(".cm-tooltip-autocomplete li").first();
  await expect.poll(() => offered.textContent()).toBe("title"); // before all key words
  await page.keyboard.press("Shift+Enter");
  await offered.waitFor({ state: "detached" });
  await ask("SELECT titel FROM books");
  await part.locator(".refused", { hasText: 'Line 1, column 8: column "titel"' }).waitFor();
  await part.locator(".ask .cm-lintRange-error", { hasText: "titel" }).waitFor();

  const many = "FROM generate_series(8, 12) UNION ALL SELECT 'NULL', NULL";
  await ask(`SELECT generate_series::text AS word, '<b>bold</b>' AS html ${many}`);
  await part.locator(".facts", { hasText: /^6 rows · [\d.]+ ms$/ }).waitFor();
  const words = () => part.locator(".asked tr:visible td:first-child").allTextContents();
  await part.getByRole("button", { name: "word" }).click();
  expect(await words()).toEqual(["8", "9", "10", "11", "12", "NULL"]);
  await part.getByRole("button", { name: "word" }).click();
  expect(await words()).toEqual(["NULL", "12", "11", "10", "9", "8"]);
  expect(await part.locator(".asked th[aria-sort=descending]").count()).toBe(1);
  expect(await part.locator(".asked em.null").count()).toBe(1);
  await part.getByRole("searchbox", { name: "The answer" }).fill("1");
  expect(await words()).toEqual(["12", "11", "10"]);
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
  expect(await violations(page)).toEqual([]);

  // In a wider window, what the reader looks at stays where it is: in the upper half.
  const top = () => part.locator(".ask summary").evaluate((one) => one.getBoundingClientRect().top);
  await page.evaluate(`scrollBy({ top: ${(await top()) - 200}, behavior: "instant" })`);
  await drawn(page);
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 844 });
    await page.waitForFunction(`innerWidth === ${width}`);
    await drawn(page); // a page that jumps away does so by then
    expect(Math.abs((await top()) - 200)).toBeLessThan(20);
  }

  await part.getByLabel("Asked before").selectOption("SELECT titel FROM books");
  expect(await editor.textContent()).toBe("SELECT titel FROM books");
});

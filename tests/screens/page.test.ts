import { describe, expect, test } from "vitest";
import { toHtml } from "../../runner/document/html-page.ts";
import { ownDocument } from "../export/support.ts";
import { openPage, says, useBrowser } from "./browser.ts";

useBrowser();
const html = toHtml(await ownDocument());

describe("tabs", () => {
  test("switch every block at once, and are remembered", async () => {
    const { page, complaints } = await openPage(html);
    const shown = page.locator(".panel:visible");
    const choices = () => shown.evaluateAll((all) => all.map((one) => one.dataset.choice));
    expect(await choices()).toEqual(Array(4).fill("standalone/pg"));

    await page.getByRole("tab", { name: "postgres.js" }).nth(3).click();
    expect(await choices()).toEqual(Array(4).fill("standalone/postgres"));
    await expect
      .poll(() => page.getByRole("tab", { selected: true }).allTextContents())
      .toEqual(Array(4).fill("postgres.js"));

    await page.reload();
    expect(await choices()).toEqual(Array(4).fill("standalone/postgres"));
    expect(complaints).toEqual([]);
  });

  test("stay where they are on the screen", async () => {
    const { page } = await openPage(html);
    const tab = page.locator("[id='04-delete'] [role=tab]").nth(1);
    await tab.scrollIntoViewIfNeeded();
    const before = await tab.boundingBox();
    await tab.click();
    const after = await tab.boundingBox();
    expect(Math.abs((after?.y ?? 0) - (before?.y ?? 0))).toBeLessThan(2);
  });

  test("work with the keyboard, and take one stop each", async () => {
    const { page } = await openPage(html);
    const [first, second] = [page.getByRole("tab").nth(0), page.getByRole("tab").nth(1)];
    await first.focus();
    await page.keyboard.press("ArrowRight");
    expect(await second.evaluate((tab) => tab.matches(":focus[aria-selected=true]"))).toBe(true);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    expect(await first.evaluate((tab) => tab.matches(":focus[aria-selected=true]"))).toBe(true);
    await page.keyboard.press("End");
    await page.keyboard.press("Tab");
    expect(await page.locator("[role=tab]:focus").count()).toBe(0);
    expect(await page.getByRole("tabpanel").first().getAttribute("data-choice")).toBe(
      "standalone/drizzle",
    );
  });

  test("a choice that nothing can store still works", async () => {
    const { page, complaints } = await openPage(html);
    await page.evaluate("Storage.prototype.setItem = () => { throw new Error('full') }");
    await page.getByRole("tab", { name: "postgres.js" }).first().click();
    expect(await page.locator(".panel[data-choice='standalone/pg']:visible").count()).toBe(0);
    expect(complaints).toEqual([]);
  });
});

describe("copying", () => {
  test("gives the code without the prompt", async () => {
    const { page } = await openPage(html, { permissions: ["clipboard-read", "clipboard-write"] });
    const step = page.locator("[id='03-update']");
    await step.getByRole("button", { name: /^Copy npx tsx/ }).click();
    await step.getByText("Copied").waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe("npx tsx 03-update.ts");

    await step.getByRole("button", { name: "Copy 03-update.ts" }).first().click();
    const code = String(await page.evaluate("navigator.clipboard.readText()"));
    const { steps } = await ownDocument();
    expect(code).toBe(steps[2]?.scripts[0]?.code);
  });

  test("works without a clipboard, too", async () => {
    const { page } = await openPage(html, { permissions: ["clipboard-read", "clipboard-write"] });
    await page.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error('no'))");
    const button = page.getByRole("button", { name: "Copy npx neon claim" });
    await button.click();
    await says(page, "Copied");
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(
      "npx neon claim create --file .env",
    );
    expect(await page.locator("textarea").count()).toBe(0);
  });
});

describe("the contents", () => {
  test("lead to every section and follow the reading", async () => {
    const { page } = await openPage(html);
    const links = page.getByRole("navigation", { name: "Contents" }).getByRole("link");
    const targets = await links.evaluateAll((all) => all.map((one) => one.getAttribute("href")));
    expect(targets).toHaveLength(19);
    for (const target of targets) {
      await page.evaluate(`location.hash = ${JSON.stringify(target)}`);
      expect(await page.locator(`[id='${target?.slice(1)}']`).count()).toBe(1);
    }

    for (const name of ["Read data", "Update data", "Resources"]) {
      await links.filter({ hasText: name }).click();
      await expect
        .poll(() => page.locator(".contents [aria-current]").allTextContents())
        .toEqual([name]);
    }
    await page.evaluate("scrollTo(0, 0)");
    await expect.poll(() => page.locator(".contents [aria-current]").count()).toBe(0);
  });

  test("are folded on a phone, and open beside the guide", async () => {
    const { page } = await openPage(html, { viewport: { width: 390, height: 844 } });
    const list = page.locator(".contents ol");
    expect(await list.isVisible()).toBe(false);
    await page.getByText("Contents").click();
    expect(await list.isVisible()).toBe(true);
    await page.setViewportSize({ width: 1280, height: 800 });
    await expect.poll(() => list.isVisible()).toBe(true);
  });
});

test("with JavaScript switched off, everything is there", async () => {
  const { page, complaints, requests } = await openPage(html, { javaScriptEnabled: false });
  expect(await page.locator(".panel:visible").count()).toBe(12);
  expect(await page.locator("button").count()).toBe(0);
  expect(await page.locator(".contents a:visible").count()).toBe(19);
  const details = page.locator("[id='shared'] details").first();
  expect(await details.locator("pre").isVisible()).toBe(false);
  await details.locator("summary").click();
  expect(await details.locator("pre").isVisible()).toBe(true);
  expect([...complaints, ...requests]).toEqual([]);
});

test("on paper, everything is there, and nothing to press", async () => {
  const { page } = await openPage(html, { colorScheme: "dark" });
  await page.emulateMedia({ media: "print" });
  await page.evaluate("dispatchEvent(new Event('beforeprint'))");
  expect(await page.locator(".panel:visible").count()).toBe(12);
  expect(await page.locator("details:not([open])").count()).toBe(0);
  expect(await page.locator(":is(button, [role=tab], nav):visible").count()).toBe(0);
  expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe(
    "rgb(255, 255, 255)",
  );
  await page.evaluate("dispatchEvent(new Event('afterprint'))");
  expect(await page.locator("details:not([open])").count()).toBeGreaterThan(0);
});

test.each([320, 390, 768])("nothing is wider than a screen of %i", async (width) => {
  const { page } = await openPage(html, { viewport: { width, height: 800 } });
  await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })");
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
});

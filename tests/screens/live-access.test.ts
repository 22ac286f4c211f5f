import { expect, test, vi } from "vitest";
import { openGuide } from "../support/live.ts";
import { sharedProject } from "../support/project.ts";
import { violations } from "./axe.ts";
import { openLive, says, useBrowser } from "./browser.ts";

useBrowser();

/** Of the text of the first step's button. axe leaves out what is disabled. */
const contrastOf = `(() => {
  const { color, backgroundColor } = getComputedStyle(document.querySelector(".next .run"));
  const [a, b] = [color, backgroundColor].map((one) => {
    const [red, green, blue] = one.match(/[\\d.]+/g).map((part) => {
      const value = Number(part) / 255;
      return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
  });
  return Math.max(a / b, b / a);
})()`;

/** What has the focus, and lies below the toolbar. */
const coveredOf = `[...document.querySelectorAll("main :is(button, summary, a)")]
  .filter((one) => {
    one.focus();
    const top = document.querySelector(".toolbar").getBoundingClientRect().top;
    return one === document.activeElement && one.getBoundingClientRect().bottom > top;
  })
  .map(({ textContent }) => textContent)`;

const lastStatement = `[...document.querySelectorAll(".shown .statements li")]
  .filter((one) => one.checkVisibility()).at(-1)`;

const isWholeNow = `(() => {
  const last = ${lastStatement};
  if (!last) return false; // the page is being turned
  const { left, right, bottom } = last.getBoundingClientRect();
  const bar = document.querySelector(".toolbar").getBoundingClientRect().top;
  return left >= 0 && right <= innerWidth && bottom <= bar;
})()`;

test("the live page is for everybody: by keyboard, in the dark, on a phone, on a projector", {
  timeout: 300_000,
}, async () => {
  const page = await openLive(await openGuide(sharedProject(), [], {}), {
    viewport: { width: 1280, height: 800 },
  });

  await page.getByText("you need no account and no .env").waitFor();
  const runFirst = page.locator(".next .run");
  await runFirst.hover();
  await runFirst.evaluate((button) => button.setAttribute("aria-disabled", "true"));
  expect(await page.evaluate(contrastOf)).toBeGreaterThan(4.5);
  await runFirst.evaluate((button) => button.setAttribute("aria-disabled", "false"));

  // Two keys lead past the contents and the text.
  for (const key of ["Tab", "Tab", "Enter"]) await page.keyboard.press(key);
  expect(await runFirst.evaluate((button) => button.matches(":focus"))).toBe(true);

  // By keyboard: the button keeps the focus, so the next key is for the same step.
  const run = page.locator("[id='03-update'] .run");
  const isFocused = () => run.evaluate((button) => button.matches(":focus"));
  for (let press = 0; !(await isFocused()); press++) {
    expect(press).toBeLessThan(100);
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  await says(page, "03-update: match");
  await page.locator("[id='03-update'] .verdict.good").waitFor();
  expect(await isFocused()).toBe(true);
  await page.locator(".contents a[href='#03-update'] .sign", { hasText: "✓ done" }).waitFor();
  await page.locator("[id='03-update'] .client-run:visible .sent summary").click();

  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page)).toEqual([]);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
  expect(await violations(page)).toEqual([]);
  expect(await page.evaluate(coveredOf)).toEqual([]);

  await page.setViewportSize({ width: 1280, height: 800 });
  await page.locator("[id='03-update'] .run-part").evaluate((part) => part.scrollIntoView());
  await page.locator(".contents [aria-current]", { hasText: "Update data" }).waitFor();
  await page.getByRole("button", { name: "Projector" }).click();
  await page.keyboard.press("PageDown");
  await page.keyboard.press("PageDown");
  expect(await violations(page)).toEqual([]);
  const table = page.locator(".shown .table:visible");
  const box = await table.boundingBox();
  const toolbar = await page.locator(".toolbar").boundingBox();
  expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(toolbar?.y ?? 0);
  expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(1280);

  // Opened, the statements have type for the last row, and what has no room has a page.
  await page.locator(".shown .sent:visible summary").click();
  const size = await page.evaluate(`parseFloat(getComputedStyle(${lastStatement}).fontSize)`);
  expect(size).toBeGreaterThanOrEqual(18);
  // Not page.waitForFunction: it looks again with eval, which the page's policy forbids.
  const isWhole = () =>
    vi
      .waitFor(async () => expect(await page.evaluate(isWholeNow)).toBe(true), { timeout: 2000 })
      .then(
        () => true,
        () => false,
      );
  for (let turns = 0; turns < 3 && !(await isWhole()); turns++) {
    await page.keyboard.press("PageDown");
  }
  expect(await isWhole()).toBe(true);
});

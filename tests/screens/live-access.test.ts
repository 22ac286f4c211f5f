import { expect, test } from "vitest";
import { openGuide } from "../support/live.ts";
import { sharedProject } from "../support/project.ts";
import { violations } from "./axe.ts";
import { openContext, useBrowser } from "./browser.ts";

useBrowser();

test("the live page is for everybody: by keyboard, in the dark, on a phone, on the wall", {
  timeout: 300_000,
}, async () => {
  const guide = await openGuide(sharedProject(), [], {});
  const context = await openContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(await guide.address());

  // By keyboard: the button keeps the focus, so the next key is for the same step.
  const run = page.locator("[id='03-update'] .run");
  const isFocused = () => run.evaluate((button) => button.matches(":focus"));
  for (let press = 0; !(await isFocused()); press++) {
    expect(press).toBeLessThan(100);
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  await page.getByRole("status").filter({ hasText: "03-update: match" }).waitFor();
  await page.locator("[id='03-update'] .verdict.good").waitFor();
  expect(await isFocused()).toBe(true);
  await page.locator("[id='03-update'] .client-run:visible .sent summary").click();

  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page)).toEqual([]);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
  expect(await violations(page)).toEqual([]);

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
});

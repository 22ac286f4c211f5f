import { expect, test } from "vitest";
import { makeLongGuide } from "../../tools/bench/guides.ts";
import { makeDirectory } from "../support/files.ts";
import { openGuide } from "../support/live.ts";
import { sharedProject } from "../support/project.ts";
import { openContext, useBrowser } from "./browser.ts";

useBrowser();

test("of a long guide, the first sections are laid out before the others, and the place is kept", async () => {
  const parent = makeDirectory("guide-test");
  const guide = await openGuide(sharedProject(), ["--guide", makeLongGuide(parent, 60)]);
  const page = await (await openContext({ viewport: { width: 1280, height: 800 } })).newPage();
  await page.addInitScript(`
    addEventListener("DOMContentLoaded", () => {
      globalThis.atFirst = document.querySelectorAll(".later").length;
    });`);
  await page.goto(await guide.address());
  await page.locator(".contents a", { hasText: "050-count" }).click();
  await page.locator(".later").first().waitFor({ state: "detached" });
  await expect.poll(() => page.locator(".later").count()).toBe(0);
  expect(await page.evaluate("globalThis.atFirst")).toBeGreaterThan(50);
  const top = () =>
    page.locator("[id='050-count']").evaluate((one) => one.getBoundingClientRect().top);
  const place = await top();
  expect(Math.abs(place - 34)).toBeLessThan(40); // where a link leads

  // Who loads the page again comes back to that place, however many results are above it.
  await page.getByRole("button", { name: "Run to here 008-count" }).click();
  const last = page.locator("[id='008-count'] .verdict.good");
  await last.waitFor({ timeout: 60_000 });
  await page.locator(".contents a", { hasText: "050-count" }).click();
  await page.reload();
  await last.waitFor();
  expect(await page.locator(".later").count()).toBe(0);
  await expect.poll(async () => Math.abs((await top()) - place)).toBeLessThan(40);

  // The list of the runs begins where the reader is.
  await page.setViewportSize({ width: 1280, height: 400 });
  await page.getByRole("button", { name: "Tables", exact: true }).click();
  const seen = page.locator(".point-list [aria-pressed=true]");
  const below = () => seen.evaluate((one) => one.getBoundingClientRect().bottom);
  await expect.poll(below).toBeLessThan(400);
});

import { expect, test } from "vitest";
import { openGuide } from "../support/live.ts";
import { copyProject } from "../support/project.ts";
import { openContext, useBrowser } from "./browser.ts";

useBrowser();

test("from click to verdict", async () => {
  const guide = await openGuide(copyProject());
  const context = await openContext();
  const complaints: string[] = [];
  context.on("console", (message) => complaints.push(message.text()));
  context.on("weberror", (error) => complaints.push(error.error().message));
  const page = await context.newPage();
  await page.goto(await guide.address());
  await page.getByRole("button", { name: "Run 01-create" }).click();
  await page.locator("[id='01-create'] .verdict.good").waitFor();
  expect(await page.locator("[id='01-create'] samp").first().textContent()).toContain(
    "Inserted 3 rows of data.",
  );
  await page.getByRole("button", { name: "Run to here 03-update" }).click();
  await page.locator("[id='03-update'] .verdict.good").waitFor();
  await page.locator("[id='02-read'] .verdict.good").waitFor();

  const other = await context.newPage();
  await other.goto(page.url());
  await other.locator("[id='03-update'] .verdict.good").waitFor();
  await other.getByRole("button", { name: "Run all" }).click();
  await page.locator("[id='02-read.after-04-delete'] .verdict.good").waitFor();
  expect(complaints).toEqual([]);
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openPage, useBrowser } from "./browser.ts";

useBrowser();

test.each(["A4", "Letter"])("the handout is printed on two pages of %s", async (format) => {
  const html = readFileSync(join(import.meta.dirname, "../../docs/handout.html"), "utf8");
  const { page, requests } = await openPage(html);
  const pdf = (await page.pdf({ format })).toString("latin1");
  expect(pdf.match(/\/Type \/Page\b(?!s)/g)).toHaveLength(2);
  expect(requests).toEqual([]);
});

import { describe, expect, test } from "vitest";
import { toHtml } from "../../runner/document/html-page.ts";
import { ownDocument, smallDocument } from "../export/support.ts";
import { violations } from "./axe.ts";
import { openPage, useBrowser } from "./browser.ts";

useBrowser();
const html = toHtml(await ownDocument());

test("asks the network for nothing, and its policy refuses nothing", async () => {
  const { page, requests, complaints } = await openPage(html);
  await page.getByRole("tab", { name: "postgres.js" }).first().click();
  await page.getByRole("link", { name: "Resources" }).click();
  await page.keyboard.press("p");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("p");
  expect(requests).toEqual([]);
  expect(complaints).toEqual([]);
});

describe("what a database returned", () => {
  const evil =
    "</samp></pre><script>globalThis.ran = 1</script><img src=x onerror='globalThis.ran = 2'>" +
    "<a href='javascript:globalThis.ran=3'>click</a><style>body{display:none}</style>\n";

  test("is shown as text", async () => {
    const { page, requests, complaints } = await openPage(await toHtml(await smallDocument(evil)));
    expect(await page.locator("samp").textContent()).toBe(evil);
    expect(await page.evaluate("globalThis.ran")).toBeUndefined();
    expect(await page.locator("main :is(img, script, style)").count()).toBe(0);
    expect([...requests, ...complaints]).toEqual([]);
  });

  test("would not run if it were not", async () => {
    const page = await toHtml(await smallDocument("HERE\n"));
    const opened = await openPage(page.replace("HERE", evil));
    expect(await opened.page.evaluate("globalThis.ran")).toBeUndefined();
    expect(await opened.page.locator("body").isVisible()).toBe(true);
    expect(opened.complaints.join("\n")).toMatch(/Content Security Policy/);
  });
});

test("the guide's own Markdown brings no HTML in", async () => {
  const document = await smallDocument("1\n", {
    "steps/before.md":
      "<script>globalThis.ran = 1</script>\n\n## <img src=x onerror=alert(1)>\n\n[x](javascript:alert(1)) ![y](z.png)\n",
  });
  const { page, requests, complaints } = await openPage(await toHtml(document));
  expect(await page.evaluate("globalThis.ran")).toBeUndefined();
  expect(await page.locator("main :is(img, script)").count()).toBe(0);
  expect(await page.getByRole("heading", { name: "<img src=x onerror=alert(1)>" }).count()).toBe(1);
  expect([...requests, ...complaints]).toEqual([]);
});

describe("axe finds nothing", () => {
  const phone = { width: 390, height: 844 };
  const desk = { width: 1280, height: 900 };
  test.each([
    ["light", desk],
    ["dark", desk],
    ["light", phone],
    ["dark", phone],
  ] as const)("in %s colours, on %o", async (colorScheme, viewport) => {
    const { page } = await openPage(html, { colorScheme, viewport });
    await page.evaluate(
      "document.querySelectorAll('details').forEach((one) => { one.open = true })",
    );
    expect(await violations(page)).toEqual([]);
  });

  test.each(["light", "dark"] as const)("in %s projector mode", async (colorScheme) => {
    const { page } = await openPage(html, { colorScheme, viewport: desk });
    await page.goto(`${page.url()}#03-update`);
    await page.locator(".contents [aria-current]", { hasText: "Update data" }).waitFor();
    await page.keyboard.press("p");
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("ArrowRight");
    expect(await violations(page)).toEqual([]);
  });

  test.each(["light", "dark"] as const)(
    "in %s colours, with nothing verified",
    async (colorScheme) => {
      const document = await ownDocument((_, output) => ({ ...output, verified: false }));
      const { page } = await openPage(await toHtml(document), { colorScheme });
      expect(await violations(page)).toEqual([]);
    },
  );
});

test("dark is dark, and light is light", async () => {
  const background = "getComputedStyle(document.body).backgroundColor";
  const light = await openPage(html, { colorScheme: "light" });
  expect(await light.page.evaluate(background)).toBe("rgb(255, 255, 255)");
  const dark = await openPage(html, { colorScheme: "dark" });
  expect(await dark.page.evaluate(background)).toBe("rgb(11, 15, 13)");
});

test("the keyboard alone reaches everything that can be pressed", async () => {
  const { page } = await openPage(html);
  const pressable =
    ":is(a, button:not([tabindex='-1']), summary, pre[tabindex]):visible:not(:disabled)";
  const all = await page.locator(pressable).count();
  const reached = new Set<string>();
  for (let press = 0; press < all + 5; press++) {
    await page.keyboard.press("Tab");
    const place = await page.evaluate(
      "[...document.querySelectorAll('*')].indexOf(document.activeElement)",
    );
    reached.add(String(place));
  }
  reached.delete("-1");
  expect(reached.size).toBeGreaterThanOrEqual(all);
});

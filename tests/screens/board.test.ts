import { expect, test } from "vitest";
import { copySmallProject } from "../support/project.ts";
import { openContext, useBrowser } from "./browser.ts";

useBrowser();

const secret = "a-secret-of-some-length";

function report(address: string, name: string, verdict: string) {
  const progress = [{ exercise: "steps/01-create", verdict, attempts: 3, hints: 1 }];
  return fetch(new URL("report", address), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name, secret: secret + name.length, progress }),
  });
}

test("the board shows the class, survives a board that is started again, and runs no name", async () => {
  const project = copySmallProject();
  const start = async (...choices: string[]) => {
    const board = project.start(["board", "--names", ...choices]);
    const [address = ""] = /http:\/\/[^\s]+\//.exec(await board.prints(/\/\n/)) ?? [];
    return { ...board, address };
  };
  const first = await start("--port", "0");
  const { address } = first;
  const context = await openContext({ viewport: { width: 390, height: 844 } });
  const complaints: string[] = [];
  const strangers: string[] = [];
  context.on("weberror", (error) => complaints.push(error.error().message));
  context.on("request", (request) => {
    if (!request.url().startsWith(address)) strangers.push(request.url());
  });
  const page = await context.newPage();
  await page.goto(address);
  await page.getByText("No learners yet.").waitFor();

  const evil = '<img src=x onerror="fetch(1)">';
  await report(address, evil, "not yet");
  await report(address, "Ada", "passed");
  await page.getByText("2 learners", { exact: true }).waitFor();
  expect(await page.locator("#waiting li").innerText()).toContain(evil);
  expect(await page.getByText("1 done").count()).toBe(1);
  expect(await page.locator("#everyone li").count()).toBe(2);
  expect(await page.locator("#clock").innerText()).toMatch(/^\d\d:\d\d$/);
  const join = await page.locator("#join").innerText();
  expect(join).toBe(`npx tsx run-guide.ts learn --board ${address}`);
  const option = page.locator("#join span");
  for (const width of [320, 360, 390, 420]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await option.evaluate((one) => one.getClientRects().length)).toBe(1);
  }
  const isWide = await page.evaluate("document.documentElement.scrollWidth > innerWidth");
  expect(isWide).toBe(false);

  first.child.kill("SIGTERM");
  await page.getByText("What you see may be old.").waitFor();
  const port = new URL(address).port;
  await start("--port", port);
  await page.getByText("2 learners", { exact: true }).waitFor();
  await report(address, "Cleo", "to do");
  await page.getByText("3 learners", { exact: true }).waitFor();
  await page.reload();
  await page.getByText("3 learners", { exact: true }).waitFor();
  expect(complaints).toEqual([]);
  expect(strangers).toEqual([]);
});

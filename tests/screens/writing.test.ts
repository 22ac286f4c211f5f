import type { Page, Request } from "playwright-core";
import { expect, test } from "vitest";
import { openGuide } from "../support/live.ts";
import { copySmallProject } from "../support/project.ts";
import { makeShellGuide } from "../support/shell-guide.ts";
import { violations } from "./axe.ts";
import { complaintsIn, openContext, openLive, says, useBrowser } from "./browser.ts";

useBrowser();

/** Goes to the end of a script, in its editor. */
async function goToEnd(page: Page, step: string): Promise<void> {
  const edit = page.locator(`[id='${step}'] .edit:visible`);
  await page.locator(`[id='${step}'] :is(.edit:visible, .cm-content)`).first().waitFor();
  if ((await edit.count()) > 0) await edit.click();
  await page.locator(`[id='${step}'] .cm-content`).press("Control+End");
}

/** Writes at the end of a script. */
async function writeAtEnd(page: Page, step: string, text: string): Promise<void> {
  await goToEnd(page, step);
  await page.keyboard.type(text);
}

const isWrite = (request: Request) => request.postData()?.includes('"kind":"write"') === true;

/** Waits until an editor has a text. It does not draw the lines that are out of view. */
function hasText(page: Page, text: string): Promise<void> {
  return page.locator(`.written[data-text*="${text}"]`).waitFor();
}

test("a script is edited on the page: the version runs, is compared, kept, reset and saved", async () => {
  const project = copySmallProject();
  const guide = await openGuide(project);
  const context = await openContext({ viewport: { width: 1280, height: 800 } });
  const complaints = complaintsIn(context);
  const page = await context.newPage();
  const requests: string[] = [];
  page.on("request", (request) => requests.push(new URL(request.url()).pathname));
  await page.goto(await guide.address());
  await page.getByRole("button", { name: "Run all" }).click();
  await says(page, "All 2 match");
  expect(requests).not.toContain("/editor.js"); // until something is written

  await writeAtEnd(page, "01-create", 'console.log("p is a letter");');
  await page.keyboard.press("Shift+Enter");
  const verdict = (step: string, text: string) =>
    page.locator(`[id='${step}'] .verdict`, { hasText: text }).waitFor();
  await verdict("01-create", "Your version: Its output differs");
  const difference = page.locator("[id='01-create'] .wrong").first();
  expect(await difference.textContent()).toContain("+p is a letter");
  const title = "Output of your version of";
  await page.locator("[id='01-create'] .output:visible", { hasText: title }).waitFor();
  await page
    .locator(".compare summary", { hasText: /Compared with steps\/01-create\.ts: 1 line$/ })
    .waitFor();
  expect(project.read("steps/01-create.ts")).not.toContain("p is a letter");
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page)).toEqual([]);
  }

  // What prints the same is still no match of the guide's, nor is what runs after it.
  await page.keyboard.press("Control+z");
  await page.keyboard.type(" // the same");
  await page.keyboard.press("Shift+Enter");
  await verdict("01-create", "Your version: It prints what the guide documents.");
  await page.getByRole("button", { name: "Run all" }).click();
  await says(page, "0 of 2 match");
  await verdict("02-read", "After your version of steps/01-create.ts:");

  // Escape, and then Tab, leaves the editor. Tab alone indents.
  await page.locator(".cm-content").press("Escape");
  await page.keyboard.press("Tab");
  expect(await page.evaluate("document.activeElement.textContent")).toBe("Run");

  // Another page shows the same version, and what is written there comes here.
  const other = await context.newPage();
  await other.goto(page.url());
  await hasText(other, "// the same");
  await writeAtEnd(other, "01-create", " // from there");
  await hasText(page, "// the same // from there");
  await other.close();

  // The cache keeps it for the next time.
  guide.child.kill("SIGINT");
  await guide.ended;
  const again = await openGuide(project);
  await page.goto(await again.address());
  await hasText(page, "// the same // from there");

  // What was written last is kept while the page is left, by its reader or after a save.
  await writeAtEnd(page, "01-create", " // last");
  await page.reload();
  await hasText(page, "// from there // last");
  const loaded = page.waitForEvent("load");
  await writeAtEnd(page, "01-create", " // typed");
  project.edit("steps/02-read.ts", "--- Book", "-- Book");
  await loaded;
  await page.locator(".cm-focused").waitFor();
  await page.keyboard.type(" // on");
  await hasText(page, "// last // typed // on");
  project.edit("steps/02-read.ts", "-- Book", "--- Book");

  // The guide's file is replaced only if it is the one that the version was begun with.
  project.edit("steps/01-create.ts", "await step(", "await  step(");
  await page.getByText("steps/01-create.ts has changed since you began.").waitFor();
  await page.getByRole("button", { name: "Save to steps/01-create.ts" }).click();
  await page.getByText("so it is not replaced").waitFor();
  expect(project.read("steps/01-create.ts")).not.toContain("// the same");
  await page.getByRole("button", { name: "Reset" }).click();
  await page.locator(".cm-content").waitFor({ state: "detached" });
  await writeAtEnd(page, "01-create", "// saved");
  await page.getByRole("button", { name: "Save to steps/01-create.ts" }).click();
  await page.locator(".cm-content").waitFor({ state: "detached" });
  await page.locator("[id='01-create'] pre", { hasText: "// saved" }).waitFor();
  expect(project.read("steps/01-create.ts")).toMatch(/await {2}step\([\s\S]*\/\/ saved$/);
  expect(
    complaints.filter((text) => !/409 \(Conflict\)|CONNECTION_RE(FUSED|SET)/.test(text)),
  ).toEqual([]);
});

test("a version that changes other rows is said to; an error goes when it is mended", async () => {
  const page = await openLive(await openGuide(copySmallProject()));
  const verdict = page.locator("[id='01-create'] .verdict");
  const more = `await import("../drivers/step.ts").then(({ step }) => step((db) =>
    process.argv.includes("pg") ? db.query("UPDATE books SET title = title") : undefined));`;
  await writeAtEnd(page, "01-create", more);
  await page.keyboard.press("Shift+Enter");
  await verdict
    .filter({ hasText: "documents, but books: pg changed 4 rows, postgres 0." })
    .waitFor();

  await page.keyboard.type("throw 1;");
  await page.keyboard.press("Shift+Enter");
  const problems = page.locator(".problems li");
  await problems.first().waitFor();
  const bar = page.locator(".message");
  await bar.filter({ hasText: "01-create: error" }).waitFor();
  for (const _ of "throw 1;") await page.keyboard.press("Backspace");
  await problems.first().waitFor({ state: "detached" });
  await expect.poll(() => bar.textContent()).toBe("");
});

test("on a phone: a version of a shell script, script in it, and one that is too long", async () => {
  const project = makeShellGuide(["01-create", "02-read"]);
  const page = await openLive(await openGuide(project), { viewport: { width: 390, height: 844 } });
  await writeAtEnd(page, "02-read", "echo '<img src=x onerror=alert(1)>'\n");
  await page.keyboard.press("Shift+Enter");
  await page.locator("[id='02-read'] .wrong", { hasText: "+<img src=x onerror" }).first().waitFor();
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
  expect(await violations(page)).toEqual([]);

  // One that is too long is neither kept nor run.
  await page.locator(".cm-content").press("Control+End");
  await page.keyboard.insertText(`# ${"long ".repeat(14_000)}`);
  await page.getByText("A version has at most 64 KiB.").waitFor();
  await page.keyboard.press("Shift+Enter");
  await page.locator(".message", { hasText: "Your version was changed meanwhile" }).waitFor();
});

test("two pages write at once: the second one is told, and chooses; regions stay out of sight", async () => {
  const project = copySmallProject(["pg"]);
  const step = "steps/02-read.ts";
  const region = "\n// #region more\nconst more = 1;\n// #endregion\n";
  project.write(step, project.read(step) + region);
  const guide = await openGuide(project);
  const context = await openContext();
  const [page, other] = [await context.newPage(), await context.newPage()];
  for (const one of [page, other]) await one.goto(await guide.address());
  await other.getByRole("button", { name: `Edit ${step}` }).click();
  await hasText(other, "const more = 1;");
  expect(await other.locator(".written[data-text*='#region']").count()).toBe(0);

  const writeTwice = async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await other.route("**/ask", (route) => held.then(() => route.continue()));
    for (const one of [other, page]) await goToEnd(one, "02-read");
    // At once: what is typed slowly is sent in parts, and the last of them would be a third writing.
    const asked = other.waitForRequest(isWrite);
    await other.keyboard.insertText("second");
    await asked;
    const answered = page.waitForResponse((response) => isWrite(response.request()));
    await page.keyboard.insertText("first");
    await answered;
    release();
    await other.getByText("It was changed on another page").waitFor();
    await other.unroute("**/ask");
  };
  await writeTwice();
  await other.keyboard.press("Shift+Enter"); // what is not kept does not run
  await other.locator(".message", { hasText: "Your version was changed meanwhile" }).waitFor();
  expect(await other.locator(".cm-content").textContent()).toContain("second");
  await other.getByRole("button", { name: "Show the other one" }).click();
  await hasText(other, "first");
  await writeTwice();
  await other.getByRole("button", { name: "Keep this one" }).click();
  await hasText(page, "firstsecond");

  await writeAtEnd(page, "02-read", "\nconst = 1;");
  await page.locator(".problems", { hasText: 'Expected identifier but found "="' }).waitFor();
  await page.locator(".cm-lintRange-error").waitFor();
  await page.getByRole("button", { name: `Save to ${step}` }).click();
  await page.locator(".cm-content").waitFor({ state: "detached" });
  expect(project.read(step)).toContain("\n// #region more\nconst more = 1;\n");
  expect(project.read(step)).toContain("\nconst = 1;");
});

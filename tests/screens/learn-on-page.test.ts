import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openGuide } from "../support/live.ts";
import { copySmallProject } from "../support/project.ts";
import { violations } from "./axe.ts";
import { openLive, useBrowser } from "./browser.ts";

useBrowser();

/** Replaces all of a text as a reader pastes it. */
const pasteOf = (text: string) => `(() => {
  const data = new DataTransfer();
  data.setData("text/plain", ${JSON.stringify(text)});
  const options = { clipboardData: data, bubbles: true, cancelable: true };
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", options));
})()`;

// Buttons are pressed by the keyboard: below an editor that has just changed, the page may scroll under the mouse.

test("an exercise is done on the page: to do, hint, a file that changed, solution, right", async () => {
  const project = copySmallProject(["pg"]);
  const board = project.start(["board", "--port", "0"]);
  const [address = ""] = /http:\/\/[^\s]+\//.exec(await board.prints(/\/\n/)) ?? [];
  const onBoard = () => project.read("exercises/board.json");
  const choices = ["--learn", "steps", "--board", address, "--name", "Anna"];
  const page = await openLive(await openGuide(project, choices, {}));
  const exercise = page.locator("[id='01-create'] .exercise");
  const editor = exercise.locator(".cm-content");
  await editor.waitFor();
  expect(await page.locator("[id='01-create'] .code-part").isVisible()).toBe(false);
  const introduction = page.locator(".introduction");
  expect(await introduction.getByText("and press Check").isVisible()).toBe(true);
  expect(await introduction.getByText("and press Run").isVisible()).toBe(false);
  await editor.press("Control+Home");
  await page.keyboard.type("(");
  await editor.press("Shift+Enter");
  await exercise.locator(".verdict.bad", { hasText: "It cannot be run." }).waitFor();
  await exercise.locator(".cm-lintRange-error").first().waitFor();
  await editor.press("Control+Home");
  await page.keyboard.press("Delete");
  await editor.press("Shift+Enter");
  await exercise
    .locator(".verdict.bad", { hasText: "To do: Create the table books: id SERIAL" })
    .waitFor();
  expect(await exercise.locator(".tasks code").first().textContent()).toBe("books");
  await exercise.getByRole("button", { name: "Hint" }).press("Enter");
  await exercise.locator(".hints", { hasText: "Hint 1 of" }).waitFor();
  await page
    .locator(".contents .exercise-state", { hasText: "○ begun" })
    .waitFor({ state: "attached" });
  expect(await violations(page)).toEqual([]);
  await expect.poll(onBoard).toContain('"hints":1');

  const help = page.getByRole("button", { name: "I need help" });
  await help.click();
  await page.getByText("The board shows that you need help.").waitFor();
  await expect.poll(onBoard).toMatch(/"name":"Anna".*"help":\d/);
  await editor.press("Control+Home"); // the last lines may be out of sight when it is shown again
  await page.keyboard.type("// a draft");
  await page.reload();
  await editor.getByText("// a draft").waitFor();
  expect(await help.getAttribute("aria-pressed")).toBe("true");
  await page.keyboard.press("Alt+i");
  await page.getByText("You no longer ask for help on the board.").waitFor();
  await expect.poll(onBoard).not.toContain('"help":');
  expect(await help.getAttribute("aria-pressed")).toBe("false");

  // In an editor, the file was saved meanwhile.
  project.write("exercises/steps/01-create.ts", "// from an editor\n");
  await exercise.getByRole("button", { name: "Check" }).press("Enter");
  await exercise.locator(".verdict.bad", { hasText: "was changed meanwhile" }).waitFor();
  expect(project.read("exercises/steps/01-create.ts")).toBe("// from an editor\n");
  await exercise.getByRole("button", { name: "Load" }).press("Enter");
  await editor.getByText("// from an editor").waitFor();

  await exercise.getByRole("button", { name: "Show the solution" }).press("Enter");
  const figure = exercise.locator(".changes", { hasText: "The solution" }).first();
  const solution = (await figure.locator("pre").textContent()) ?? "";
  // The table is what the reader's script left, not what the solution leaves that it is compared with.
  await editor.press("Control+a");
  await page.evaluate(pasteOf(solution.replace("1965", "1966")));
  await page.keyboard.press("Shift+Enter");
  await exercise.locator(".verdict.bad", { hasText: "the rows of books differ" }).waitFor();
  await exercise.locator(".table td", { hasText: "1966" }).waitFor();
  await editor.press("Control+a");
  await page.evaluate(pasteOf(solution));
  await page.keyboard.press("Shift+Enter");
  await exercise.locator(".verdict.good", { hasText: "Right." }).waitFor();
  await exercise.locator(".table", { hasText: "4 new" }).waitFor();
  expect(project.read("exercises/progress.json")).toContain('"verified"');
  await page
    .locator(".contents .exercise-state", { hasText: "✓ done" })
    .waitFor({ state: "attached" });
  await page.keyboard.press("Enter"); // the button for the next one has the focus
  await page.locator("[id='02-read'] .exercise .cm-content").waitFor();

  const learn = page.getByLabel("Learn", { exact: true });
  await learn.uncheck();
  await page.locator("[id='01-create'] .code-part").waitFor();
  expect(await introduction.getByText("and press Run").isVisible()).toBe(true);
  await page.reload(); // whatever the guide was opened with
  await page.locator(".contents .exercise-state").first().waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Run all" }).waitFor();

  // The reader chooses again before the answers come.
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/ask", async (route) => {
    await released;
    await route.continue();
  });
  await learn.check();
  await learn.uncheck();
  await learn.check();
  release();
  await page.locator("[id='02-read'] .exercise .cm-content").waitFor();
  expect(await page.locator(".exercise").count()).toBe(2);
});

test("what is typed on the page is kept before it is checked", async () => {
  const project = copySmallProject(["pg"]);
  const name = "exercises/steps/01-create.ts";
  const guide = await openGuide(project, ["--learn", "steps"], {});
  const first = await openLive(guide);
  const editorOn = (page: typeof first) => page.locator("[id='01-create'] .exercise .cm-content");
  const type = async (page: typeof first, text: string) => {
    await editorOn(page).press("Control+Home");
    await page.keyboard.type(text);
  };
  await editorOn(first).waitFor();
  await type(first, "// mine");
  await expect.poll(() => project.read(name)).toContain("// mine");
  await first.close();
  const second = await openLive(guide);
  const exercise = second.locator("[id='01-create'] .exercise");
  await editorOn(second).getByText("// mine").waitFor();

  // It is in the file that "Start again" keeps, also if the last words were typed a moment ago.
  await type(second, "// more and ");
  await exercise.getByRole("button", { name: "Start again" }).press("Enter");
  await exercise.getByText("Your old file is kept next to the new one.").waitFor();
  const files = readdirSync(join(project.directory, "exercises/steps"));
  const kept = files.filter((file) => /^01-create\..+\.ts$/.test(file));
  expect(kept.map((file) => project.read(`exercises/steps/${file}`))).toEqual([
    expect.stringContaining("// more and // mine"),
  ]);
  expect(project.read(name)).not.toContain("// mine");

  // The file was saved in an editor meanwhile: neither text is lost.
  project.write(name, "// from an editor\n");
  await type(second, "// typed here");
  await exercise.getByText("was changed meanwhile").waitFor();
  await second.reload();
  await editorOn(second).getByText("// typed here").waitFor();
  await exercise.getByText("was changed meanwhile").waitFor();
  expect(project.read(name)).toBe("// from an editor\n");
  await exercise.getByRole("button", { name: "Load" }).press("Enter");
  await editorOn(second).getByText("// from an editor").waitFor();
});

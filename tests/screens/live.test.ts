import { cpSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openGuide } from "../support/live.ts";
import { root } from "../support/programs.ts";
import { copyProject, copySmallProject } from "../support/project.ts";
import { fewRuns, makeShellGuide } from "../support/shell-guide.ts";
import { complaintsIn, openContext, openLive, says, useBrowser } from "./browser.ts";

useBrowser();

test("a step that is broken is seen, mended, and run again as it is saved", async () => {
  const project = copySmallProject();
  const page = await openLive(await openGuide(project));
  await page.getByRole("button", { name: "Run all" }).click();
  await page.locator("[id='02-read'] .verdict.good").waitFor();

  // What is read stays where it is, and what was opened stays open, though the page is loaded anew.
  const statements = page.locator("[id='02-read'] .sent:visible");
  await statements.locator("summary").click();
  const output = page.locator("[id='02-read'] .output:visible");
  await output.evaluate((one) => one.scrollIntoView({ block: "center" }));
  const place = () => output.evaluate((one) => one.getBoundingClientRect().top);
  const before = await place();
  project.edit("steps/01-create.ts", "Inserted a single book.", "Put one book on the shelf.");
  await page.getByText('console.log("Put one book on the shelf.")').first().waitFor();
  await page.locator("[id='01-create'] .verdict.stale", { hasText: "Before" }).waitFor();
  await page.locator("[id='02-read'] .verdict.stale", { hasText: "match. Run it again" }).waitFor();
  expect(Math.abs((await place()) - before)).toBeLessThan(1); // a browser scrolls by whole pixels
  expect(await statements.getAttribute("open")).toBe("");
  await page.getByRole("button", { name: "Run again 01-create" }).click();
  await page.locator("[id='01-create'] .verdict.bad", { hasText: "drift" }).waitFor();
  const difference = page.locator("[id='01-create'] .wrong").first();
  expect(await difference.textContent()).toContain("-Inserted a single book.");
  expect(await difference.textContent()).toContain("+Put one book on the shelf.");

  await page.getByLabel("Run on save").check();
  project.edit("steps/01-create.ts", "await step(", "await step((");
  const broken = /steps.01-create\.ts, line \d+: Expected/;
  await says(page, broken);
  await page.locator("[id='01-create'] .verdict.bad", { hasText: broken }).waitFor();
  expect(await difference.isVisible()).toBe(true); // what it came to before
  project.edit("steps/01-create.ts", "await step((", "await step(");
  project.edit("steps/01-create.ts", "Put one book on the shelf.", "Inserted a single book.");
  await page.locator("[id='01-create'] .verdict.good").waitFor();

  await page.getByRole("button", { name: "Run all" }).click();
  await says(page, /^All 2 match, in [\d.]+ s\.$/);
  await output.evaluate((one) => one.scrollIntoView({ block: "center" }));
  const held = await place();
  project.edit("steps/01-create.ts", "await step(", "await  step(");
  await page.getByText("await  step(").first().waitFor();
  await page.locator("[id='02-read'] .verdict.good").waitFor(); // it was run again meanwhile
  await says(page, "02-read: match");
  expect(Math.abs((await place()) - held)).toBeLessThan(1);

  project.write("steps/guide.json", JSON.stringify({ title: "Small", runs: ["01-create"] }));
  await says(page, "No run uses");
});

test("the tables after any run are shown, compared with any other, for each client", async () => {
  const project = copyProject();
  const page = await openLive(await openGuide(project, ["--driver", "pg", "--driver", "postgres"]));
  await page.getByRole("button", { name: "Run all" }).click();
  await says(page, /^All 6 match/);
  await page.getByRole("button", { name: "Tables" }).click();
  const dialog = page.getByRole("dialog");
  const tables = dialog.locator(".point-tables");
  await dialog.getByRole("button", { name: "3. 03-update 1 changed" }).click();
  await tables.locator("tr.changed").first().waitFor();
  expect(await tables.locator("h3").allTextContents()).toHaveLength(2);
  expect(await tables.locator("tr.changed").count()).toBe(2);
  await dialog.getByLabel("Compared with").selectOption({ label: "the beginning" });
  await tables.locator("tr.added").first().waitFor();
  expect(await tables.locator("tr.added").count()).toBe(8);
  await page.keyboard.press("Escape");

  // Going back runs nothing again, and what is undone cannot be chosen.
  await page.getByRole("button", { name: "Undo 04-delete" }).click();
  await page.getByRole("button", { name: "Run 04-delete" }).waitFor();
  expect(await page.locator(".verdict.good").count()).toBe(4);
  await page.getByRole("button", { name: "Tables" }).click();
  expect(await dialog.getByRole("button", { name: /^5\. 04-delete/ }).isDisabled()).toBe(true);
});

test("what is said of the guide while a run goes on is still said at its end", async () => {
  const project = makeShellGuide(fewRuns);
  const opened = join(project.directory, "opened");
  const waits = `while [ ! -e '${opened}' ]; do sleep 0.02; done\ncat <<`;
  project.edit("steps/02-read.sh", "cat <<", waits);
  const page = await openLive(await openGuide(project));
  await page.getByRole("button", { name: "Run all" }).click();
  await page.locator("[id='02-read'] .verdict.running").waitFor();
  project.edit("steps/guide.json", ',"02-read"', "");
  const said = page.getByRole("status").filter({ hasText: "No run uses" });
  await said.waitFor();
  project.write("opened", "");
  await page.getByRole("button", { name: "Stop" }).waitFor({ state: "hidden" });
  await page.locator("[id='02-read'] .verdict.stale").waitFor();
  expect(await said.isVisible()).toBe(true);
});

test("a setup is done, and neither documented nor counted", async () => {
  const project = makeShellGuide(fewRuns);
  project.edit("steps/guide.json", '"runs":["01-create",', '"setup":["01-create"],"runs":[');
  project.remove("expected/01-create.txt");
  const page = await openLive(await openGuide(project));
  await page.getByRole("button", { name: "Run all" }).click();
  await says(page, /^All 1 match, in [\d.]+ s\.$/);
  const verdict = page.locator("[id='01-create'] .verdict.good");
  expect(await verdict.textContent()).toContain("Set up, with pg and postgres");
});

test("a page that comes back while what it shows is to run again keeps its place", async () => {
  const project = copySmallProject();
  const page = await openLive(await openGuide(project));
  await page.getByRole("button", { name: "Run all" }).click();
  await page.locator("[id='02-read'] .verdict.good").waitFor();
  await page.getByLabel("Run on save").check();
  const output = page.locator("[id='02-read'] .output:visible");
  await output.evaluate((one) => one.scrollIntoView({ block: "center" }));
  const place = () => output.evaluate((one) => one.getBoundingClientRect().top);
  const before = await place();

  const other = await page.context().newPage();
  await other.goto(page.url());
  const opened = join(project.directory, "opened");
  const waits = `import { existsSync } from "node:fs";
while (!existsSync(${JSON.stringify(opened)})) await new Promise((go) => setTimeout(go, 20));
import`;
  await page.route(page.url(), async (route) => {
    await other.locator("[id='01-create'] .verdict.running").waitFor();
    await route.continue();
  });
  project.edit("steps/01-create.ts", "import", waits);
  await page.locator("[id='01-create'] .verdict.running").waitFor();
  expect(await output.count()).toBe(0);
  project.write("opened", "");
  await page.locator("[id='02-read'] .verdict.good").waitFor();
  expect(Math.abs((await place()) - before)).toBeLessThan(1);
});

test("from click to verdict, with the database and the statements beside it", async () => {
  const project = copyProject();
  for (const name of ["pg", "postgres"].map((one) => join("standalone", one))) {
    cpSync(join(root, name), join(project.directory, name), { recursive: true });
  }
  const guide = await openGuide(project, [], {}); // on the embedded server, with the guide's scripts
  const context = await openContext();
  const complaints = complaintsIn(context);
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

  const updated = page.locator("[id='03-update'] .client-run:visible");
  const changed = updated.locator("tr.changed");
  expect(await changed.count()).toBe(1);
  expect(await changed.locator("del").textContent()).toBe("false");
  expect(await changed.locator("ins").textContent()).toBe("true");
  await page
    .locator("[id='03-update'] .agree", { hasText: "Both databases have the same content." })
    .waitFor();
  const place = async (name: string) => await updated.locator(name).boundingBox();
  for (const [width, isBeside] of [
    [1920, true],
    [1100, true],
    [900, false],
    [390, false],
  ] as const) {
    await page.setViewportSize({ width, height: 800 });
    const [output, table] = [await place(".output"), await place(".table")];
    expect(table?.y === output?.y, `beside each other at ${width} pixels`).toBe(isBeside);
    const end = (box: typeof table) => (box?.x ?? 0) + (box?.width ?? 0);
    expect((table?.x ?? 0) >= end(output)).toBe(isBeside);
    expect(end(table)).toBeLessThanOrEqual(width);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await updated.locator(".sent summary").click();
  const sent = updated.locator(".statements li", { hasText: "UPDATE books SET in_stock" });
  expect(await sent.textContent()).toMatch(/\$1 = 't', \$2 = 'Dune'[\d.]+ ms · 1 row$/);

  const other = await context.newPage();
  await other.goto(page.url());
  await other.locator("[id='03-update'] .verdict.good").waitFor();
  await other.getByRole("button", { name: "Run all" }).click();
  await page.locator("[id='02-read.after-04-delete'] .verdict.good").waitFor();
  await says(page, /^All 6 match, in [\d.]+ s\.$/);
  const deleted = page.locator("[id='04-delete'] .client-run:visible tr.deleted");
  expect(await deleted.textContent()).toContain("1984");
  await page.getByRole("button", { name: "Back", exact: true }).click();
  await page.getByRole("button", { name: "Run 02-read.after-04-delete" }).waitFor();

  // Another row is changed, and the step prints what is documented all the same.
  project.edit("standalone/pg/03-update.ts", '    "Dune",\n', '    "1984",\n');
  await page.locator("[id='03-update'] .verdict.stale").waitFor();
  await page.getByRole("button", { name: "Run again 03-update" }).click();
  const text = /match, but the tables differ .* pg and postgres\.js differ.*pg.03-update\.ts/;
  await page.locator("[id='03-update'] .verdict.odd", { hasText: text }).waitFor();
  await says(page, "match, but the tables differ");
  const marks = (run: string) => page.locator(`[id='${run}'] .live-run [role=tab] .sign`);
  expect(await marks("03-update").allTextContents()).toEqual([
    " ! different tables",
    " ! different tables",
  ]);
  await page.getByRole("button", { name: "Run all" }).click();
  const sum =
    /^Stopped at 02-read\.after-03-update: divergence\. 3 of 6 match, .* after 03-update\.$/;
  await says(page, sum);
  const since = page.locator("[id='02-read.after-03-update'] .verdict.bad");
  expect(await since.textContent()).toMatch(/Since 03-update, .* Look at \S+pg.03-update\.ts/);
  expect(await marks("02-read.after-03-update").allTextContents()).toEqual([
    " ✗ does not match",
    " ! different tables",
  ]);

  project.edit("standalone/pg/03-update.ts", '    "1984",\n', '    "Dune",\n');
  project.edit("standalone/pg/03-update.ts", "Updated stock status", "Set the status");
  await page.getByText("Set the status").first().waitFor();
  await page.getByRole("button", { name: "Run again 03-update" }).click();
  const advice = /divergence .*look at \S*standalone.pg.03-update\.ts/;
  await page.locator("[id='03-update'] .verdict.bad", { hasText: advice }).waitFor();
  expect(complaints).toEqual([]);
});

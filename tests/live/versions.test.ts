import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { openGuide } from "../support/live.ts";
import { visit } from "../support/live-visit.ts";
import { copySmallProject } from "../support/project.ts";
import { makeShellGuide } from "../support/shell-guide.ts";

const digestOf = (text: string) => createHash("sha256").update(text).digest("hex");

test("what runs is what the page shows, and it never counts as verified", async () => {
  const project = makeShellGuide(["01-create", "02-read"]);
  const page = await visit(await openGuide(project));
  const { guide = "", version } = await page.question({ kind: "script", script: 1 });
  expect([guide, version]).toEqual([project.read("steps/02-read.sh"), null]);
  const same = `${guide}# the same`;
  await page.question({ kind: "write", script: 1, text: same });

  const refused = /^409: Your version was changed meanwhile/;
  expect(await page.ask({ kind: "all" })).toMatch(refused);
  expect(await page.ask({ kind: "run", run: 0, shown: { 1: digestOf(guide) } })).toMatch(refused);
  expect(await page.ask({ kind: "all", shown: { 1: digestOf(same), 0: digestOf("") } })).toMatch(
    refused,
  );
  await page.ask({ kind: "all", shown: { 1: digestOf(same) } });
  expect(await page.ends("match | match")).toMatch(/^1 of 2 match/);

  // Another text makes it stale. The guide's own text is no version.
  const other = `${guide}echo more`;
  const { changes } = await page.question({ kind: "write", script: 1, text: other });
  expect(changes).toEqual([{ sign: "+", text: "echo more" }]);
  await page.shows("match | stale match");
  const asked = { kind: "save", script: 1, digest: digestOf(same) } as const;
  expect((await page.question(asked)).refusal).toMatch(refused);
  expect(project.read("steps/02-read.sh")).toBe(guide);
  expect(await page.question({ kind: "write", script: 1, text: guide })).toMatchObject({
    version: null,
  });
  await page.ask({ kind: "all" });
  expect(await page.ends("match | match")).toMatch(/^All 2 match/);
});

test("a version that does not compile fails alone", async () => {
  const project = copySmallProject(["pg"]);
  const page = await visit(await openGuide(project));
  const texts = ["await step((", 'import "not-there";'];
  for (const text of texts) {
    await page.question({ kind: "write", script: 1, text });
    await page.ask({ kind: "all", shown: { 1: digestOf(text) } });
    await page.ends("match | error");
  }
});

test("what is wrong with a version is said before it runs, and where it failed when it ran", async () => {
  const project = copySmallProject(["pg"]);
  const page = await visit(await openGuide(project));
  const step = project.read("steps/02-read.ts");
  const broken = `${step}const = 1;`;
  const line = broken.split("\n").length;
  expect((await page.question({ kind: "write", script: 1, text: broken })).problems).toEqual([
    { line, column: 7, text: 'Expected identifier but found "="', isError: true },
  ]);

  const silent = `${step}client.query("SELECT 1");`;
  expect((await page.question({ kind: "write", script: 1, text: silent })).problems).toEqual([
    { line, column: 0, text: expect.stringContaining("Write await before it."), isError: false },
  ]);

  const forgotten = `${step}const { length } = Promise.resolve([1]);`;
  await page.question({ kind: "write", script: 1, text: forgotten });
  const { problems } = await page.question({ kind: "types", script: 1 });
  expect(problems).toEqual([
    { line, column: 9, text: expect.stringContaining("Is an await missing?"), isError: false },
  ]);

  const thrown = `${step}throw new Error("No more books.");`;
  await page.question({ kind: "write", script: 1, text: thrown });
  await page.ask({ kind: "all", shown: { 1: digestOf(thrown) } });
  await page.ends("match | error");
  const name = "steps/02-read.ts";
  expect(await page.details(1)).toMatchObject([
    { kind: "error", summary: "Error: No more books.", line, name },
  ]);
});

import { expect, test } from "vitest";
import { openGuide } from "../support/live.ts";
import { visit } from "../support/live-visit.ts";
import { copySmallProject } from "../support/project.ts";

test("of a script that does not end, the page says what may keep it", async () => {
  const project = copySmallProject(["pg"]);
  project.edit(
    "steps/01-create.ts",
    "await step(async (db) => {",
    "await step(async (db) => {\n  setInterval(() => {}, 9000);\n  await new Promise(() => {});",
  );
  const page = await visit(await openGuide(project, ["--timeout", "3"]));
  expect(await page.ask({ kind: "run", run: 0 })).toBe("");
  await page.ends("error | waiting");
  expect(await page.details(0)).toMatchObject([
    { kind: "error", line: 0, summary: expect.stringContaining("Is a connection left open") },
  ]);
});

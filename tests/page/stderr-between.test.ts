import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { expectReport } from "../support/command.ts";
import { makePage, type Part, pageOf } from "../support/page.ts";

const program: Part = [
  'js title="app.mjs"',
  'console.log("start");\nconsole.error("warn: slow");\nconsole.log("took 5 ms");\nconsole.error("bye");',
];
const run: Part = ["sh", "node app.mjs"];
const other: readonly Part[] = [
  ["sql", "SELECT 1 AS v;"],
  ["text", " v \n---\n 1\n(1 row)"],
];

test("stderr between lines of stdout, as in a terminal, is not verified", async () => {
  const page = pageOf(program, run, ["text", "start\nwarn: slow\ntook 5 ms\nbye"], ...other);
  const result = await makePage(page).run();
  expect(result.stdout).toContain("it has stdout and stderr by turns");
  await expectReport(result, 0, "1 of 2 outputs verified");
});

test("a wrong line of it is drift, and is written in the order of the page", async () => {
  const page = makePage(pageOf(program, run, ["text", "start\nwarn: slow\ntook 6 ms\nbye"]));
  await expectReport(page.run(), 1, "+took 5 ms");
  await page.run("--update");
  expect(readFileSync(page.file, "utf8")).toContain("start\nwarn: slow\ntook 5 ms\nbye\n");
});

import { expect, test } from "vitest";
import { expectReport } from "../support/command.ts";
import { makePage, type Part, pageOf } from "../support/page.ts";

const file = (text: string): Part => ['js title="app.mjs"', `console.log("${text}");`];
const run: Part = ["sh", "node app.mjs"];

const warnings = [
  ...["Do not write it like this:", "Never print it like that:", "Please don't do it this way:"],
  ...[
    "❌ Bad:",
    "**❌ Wrong**",
    "The wrong way:",
    "Bad example:",
    "**Don't**",
    '!!! danger "Wrong"',
  ],
  ...[":::danger Wrong", ":::warning[Bad]", '<Warning title="Wrong">', "### Bad", "> **Wrong:**"],
];

test.each(warnings)("a file below %j is not the reader's, and not known to be", async (warning) => {
  const other: Part = ['js title="b.mjs"', 'console.log("b");'];
  const page = pageOf(
    ...[file("good"), other, warning, file("bad"), run, ["text", "bad"] as const],
    ...[["sh", "node b.mjs"] as const, ["text", "b"] as const, file("good")],
    ...[run, ["text", "good"] as const],
  );
  const result = await makePage(page).run();
  expect(result.stdout).toContain("the page shows app.mjs in line");
  await expectReport(result, 0, "1 of 3 outputs verified");
});

const requests = [
  ...["Don't forget to write this:", "Never skip this:", "Wrong passwords are refused:"],
  ...[
    "Do not change anything else in it:",
    "Avoid surprises, and write this:",
    ":::danger Save it",
  ],
];

test.each(requests)("a file below %j is the reader's", async (text) => {
  const page = pageOf(file("good"), text, file("new"), run, ["text", "new"]);
  await expectReport(makePage(page).run(), 0, "The output is verified");
});

test("SQL below a label that condemns it is not sent", async () => {
  const page = pageOf(
    ...([
      ["sql", "CREATE TABLE t AS SELECT 1 AS a;"],
      "❌ Bad:",
      ["sql", "DELETE FROM t;"],
    ] as const),
    ...([
      ["sql", "SELECT * FROM t;"],
      ["text", " a \n---\n 1\n(1 row)"],
    ] as const),
    ...([
      ["sql", "SELECT 2 AS b;"],
      ["text", " b \n---\n 2\n(1 row)"],
    ] as const),
  );
  await expectReport(makePage(page).run(), 0, "1 of 2 outputs verified");
});

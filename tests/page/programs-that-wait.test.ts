import { expect, test } from "vitest";
import { makePage, pageOf } from "../support/page.ts";
import { expectExit } from "../support/project.ts";

const query = ["sql", "SELECT 1 AS a;"] as const;
const rows = ["", " a\n---\n 1\n(1 row)"] as const;

test.each([
  ["js", 'process.stdin.on("data", (name) => console.log("Hello", name));', "node"],
  ["py", 'print("Hello", input("Name? "))', "python3"],
])(
  "a program in %s that asks for input is not verified, and fails nothing",
  async (ending, code, program) => {
    const asked = [
      [`${ending} title="ask.${ending}"`, code],
      ["sh", `${program} ask.${ending}`],
      ["", "Name? Ann\nHello Ann"],
    ] as const;
    const result = await makePage(pageOf(query, rows, ...asked)).run();
    expectExit(result, 0);
    expect(result.stdout).toContain("Not verified: it asks for input, and gets none.");
    expect(result.stdout).toContain("1 of 2 outputs verified");
  },
);

test("what a program prints that needs no input is verified", async () => {
  const code = 'console.log(process.stdin.isTTY ? "typed" : "piped");';
  const command = ["sh", "node app.js"] as const;
  const { run } = makePage(pageOf(['js title="app.js"', code], command, ["", "piped"]));
  const result = await run();
  expectExit(result, 0);
  expect(result.stdout).toContain("The output is verified");
});

const waits = [
  ['js title="wait.js"', 'console.log("waiting");\nsetInterval(() => {}, 1000);'],
  ["sh", "node wait.js"],
  ["", "waiting"],
] as const;

test("a program that runs until Ctrl-C is not verified where the page says so", async () => {
  const page = makePage(pageOf(query, rows, ...waits, "Press <kbd>Ctrl</kbd>+<kbd>C</kbd>."));
  const result = await page.run("--timeout", "3");
  expectExit(result, 0);
  expect(result.stdout).toContain("Not verified: it did not end and was stopped.");
});

test("a program that does not end fails the page, with what the page may say", async () => {
  const result = await makePage(pageOf(...waits)).run("--timeout", "3");
  expectExit(result, 1);
  expect(result.stdout).toContain("timed out after 3 s, and the page does not say Ctrl-C");
});

import { expect, test } from "vitest";
import { expectReport } from "../support/command.ts";
import { block, makePage, type Part, pageOf } from "../support/page.ts";
import { expectExit } from "../support/project.ts";

const app = ['js title="app.cjs"', 'console.log(process.env.GREETING ?? "none");'] as const;
const sql = [["sql", "SELECT 1 AS n;"] as const, ["", " n \n---\n 1\n(1 row)"] as const];
const run = "node app.cjs";

test.each<[Part[], string]>([
  [[["powershell", run]], "none"],
  [[["ps1", `# Run it:\n$env:GREETING = "hi"; ${run}`]], "hi"],
  [[["pwsh", "node `\n  .\\app.cjs"]], "none"],
  [[["bat", `@echo off\nREM a note\nset GREETING=hi\n${run}`]], "hi"],
  [
    [
      ["cmd", "set GREETING=hi"],
      ["cmd", "node ^\n  app.cjs"],
    ],
    "hi",
  ],
  [[["dosbatch", run]], "none"],
  [[["fish", `set -gx GREETING hi\n${run}`]], "hi"],
  [[["commandline", run]], "none"],
])("the commands of another shell are run: %j", async (commands, printed) => {
  const right = pageOf(app, ...commands, ["text", printed]);
  expectExit(await makePage(right).run(), 0);
  expectExit(await makePage(pageOf(app, ...commands, ["text", "other"])).run(), 1);
});

test("one output below the commands of two shells is of both, and what comes after it is counted", async () => {
  const both = [
    ["sh", `export GREETING=hi\n${run}`],
    "### Windows",
    ["powershell", `$env:GREETING = "hi"\n${run}`],
  ] as const;
  const right = makePage(pageOf(app, ...both, ["text", "hi"])).run();
  await expectReport(right, 0, "The output is verified");
  const more = pageOf(app, both[0], ["text", "hi"], both[2], ["text", "other"]);
  await expectReport(makePage(more).run(), 0, "1 of 2 outputs verified");
});

test("a wrong output in the tab of another shell is counted", async () => {
  const tab = (label: string, language: string, output: string) =>
    `<TabItem label="${label}">\n\n${block(language, run)}\n${block("text", output)}\n</TabItem>\n`;
  for (const language of ["powershell", "bat", "fish"]) {
    const tabs = `<Tabs>\n${tab("bash", "sh", "none")}${tab("other", language, "wrong")}</Tabs>\n`;
    await expectReport(makePage(pageOf(app, tabs)).run(), 0, "1 of 2 outputs verified");
  }
});

test.each<[Part[]]>([
  [[["powershell", '(Get-Content app.cjs) -replace "none", "x" | Set-Content app.cjs']]],
  [[["powershell", "Set-Content -Path app.cjs -Value 'x'"]]],
  [[["powershell", "$env:GREETING = Get-Date"]]],
  [[["fish", "set -x GREETING (date)"]]],
  [[["csh", "setenv GREETING hi"]]],
  [
    [
      ["sh", "ls"],
      ["powershell", '$env:GREETING = "hi"'],
    ],
  ],
  [[["sh", "setx GREETING hi"]]],
])("what another shell may have changed is not verified: %j", async (commands) => {
  const page = pageOf(...sql, app, ...commands, ["sh", run], ["text", "other"]);
  await expectReport(makePage(page).run(), 0, "1 of 2 outputs verified");
});

test.each(["PS>", "PS ~>", "PS /home/me>", "C:\\Users\\me>", "λ", "➜  app git:(main)", "➜  ~"])(
  "what is below the prompt %s is compared",
  async (prompt) => {
    const blank = prompt.includes("C:\\") ? "" : " ";
    const page = (language: string, shown: string) =>
      pageOf(app, [language, `${prompt}${blank}${run}\n${shown}`]);
    for (const language of ["", "console", "powershell"]) {
      expectExit(await makePage(page(language, "none")).run(), 0);
      expectExit(await makePage(page(language, "wrong")).run(), 1);
    }
  },
);

test("what is below a comment and a prompt is compared", async () => {
  const page = (shown: string) => pageOf(app, ["sh", `# Run it:\n$ ${run}\n${shown}`]);
  expectExit(await makePage(page("none")).run(), 0);
  expectExit(await makePage(page("wrong")).run(), 1);
});

test("what may be a command below a prompt that is not known is counted", async () => {
  const prompts = ["$", "me:~/app$ ", "app $ ", "[1] me ♥ ", "Hello.\n$ "];
  const page = (language: string) =>
    pageOf(...sql, app, ...prompts.map((one) => [language, `${one}${run}\nwrong`] as const));
  const { stdout } = await makePage(page("")).run();
  expect(stdout).toContain(`1 of ${1 + prompts.length} outputs verified`);
  const below = pageOf(...sql, app, ["", `app $ ${run}`], ["text", "wrong"]);
  await expectReport(makePage(below).run(), 0, "1 of 2 outputs verified");
});

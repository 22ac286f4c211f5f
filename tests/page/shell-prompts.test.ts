import { expect, test } from "vitest";
import { expectReport } from "../support/command.ts";
import { block, makePage } from "../support/page.ts";

const app = block('js title="app.js"', 'console.log("5 rows");');

const prompts = [
  ...["$", "%", "❯", "user@host:~/app$", "root@abc:/app#", "PS C:\\app>", "C:\\app>"],
  ...["(venv) $", "(.venv) me@host:~/app$", "(base) me@host app %", "me@MacBook-Pro app %"],
  ...["[me@host app]$", "[me@host ~]$", "me@host:~/app (main)$", "~/app$", "~ $", "/app #"],
  ...["bash-5.1$", "sh-4.4#", "(venv) PS C:\\app>", "me@host ~/app>"],
];

/** As many blocks of these prompts as can be: with a percent sign only, a plain block may be anything. */
const sessions = (output: string) =>
  prompts.flatMap((prompt) => [
    block("console", `${prompt} node app.js\n${output}`),
    ...(prompt.includes(":\\") && !prompt.includes("PS")
      ? []
      : [block("", `${prompt} node app.js\n${output}`)]),
  ]);

test("a session with the prompt of any shell is compared", async () => {
  const right = sessions("5 rows");
  const result = makePage([app, ...right].join("\n")).run();
  await expectReport(result, 0, `All ${right.length} outputs are verified`);
  const wrong = await makePage([app, ...sessions("7 rows")].join("\n")).run("--keep-going");
  expect(wrong).toMatchObject({ code: 1 });
  expect(wrong.stdout.match(/^✗ .* drift/gm)).toHaveLength(right.length);
});

test.each(["bash", "console", "shell-session", "", "text"])(
  "what may be an output below a command without a prompt is counted, in a block of %j",
  async (language) => {
    const session = block(language, "node app.js\nConnected: 7 rows\nDone.");
    const sql = `${block("sql", "SELECT 1 AS one;")}\n${block("", " one \n-----\n   1\n(1 row)")}`;
    const { code, stdout } = await makePage([sql, app, session].join("\n")).run();
    expect(code).toBe(0);
    expect(stdout).toContain("the lines below a command in it may be what it prints");
    expect(stdout).toContain("1 of 2 outputs verified");
  },
);

import { expect, test } from "vitest";
import { effectOf } from "../../runner/page/shell/command-effects.ts";
import { expectReport } from "../support/command.ts";
import { makePage, pageOf } from "../support/page.ts";
import { expectExit } from "../support/project.ts";

const app = [
  'js title="app.cjs"',
  'console.log(process.env.GREETING ?? "none", process.argv.length);',
] as const;
const sql = [["sql", "SELECT 1 AS n;"] as const, ["", " n \n---\n 1\n(1 row)"] as const];
const run = "node app.cjs";

test.each([
  ["source ~/.bashrc"],
  [". ~/.zshrc"],
  ["source settings.sh"],
  ["source setup.sh"],
  ["source .env"],
  ["echo 'export GREETING=1' >> ~/.bashrc"],
  ["GREETING=$(date)\nexport GREETING"],
  ["exit 1\nls"],
  ["ssh me@host\nls"],
  ["patch < fix.diff"],
  ["export OTHER=$(node seed.js)"],
  ["npm install | node seed.js"],
  ["git status | node seed.js"],
  ["curl https://example.com/seed.js | node"],
  ["sleep 1 & node seed.js"],
  [".\\seed.ps1"],
  ["./seed.sh -v"],
  ["alias node='node -r ./seed.js'"],
  ["npm install-test"],
  ["cat > other.txt <<END\nsome text\nls"],
])("what %s may have done is not verified", async (line) => {
  const setup = ['sh title="setup.sh"', "export OTHER=1\nnode seed.js"] as const;
  const lines = `${line}\n${run}`;
  const page = pageOf(...sql, app, setup, ["sh", lines], ["text", "other"]);
  await expectReport(makePage(page).run(), 0, "1 of 2 outputs verified");
});

test.each([
  ["source venv/bin/activate"],
  ["& .\\venv\\Scripts\\Activate.ps1"],
  ["source ~/.bashrc\nexport GREETING=none"],
  ["npm install > /dev/null 2>&1"],
  ["git clone https://example.com/x || true"],
  ["export OTHER=$(openssl rand -hex 8)"],
  ["alias python=python3"],
  ["echo 'export OTHER=1' >> ~/.bashrc\nsource ~/.nvm/nvm.sh\nexport GREETING=none"],
  ["pushd ."],
])("%s changes nothing that counts", async (line) => {
  const page = (shown: string) => pageOf(app, ["sh", `${line}\n${run} #3`], ["text", shown]);
  expectExit(await makePage(page("none 2")).run(), 0);
  expectExit(await makePage(page("other 2")).run(), 1);
});

const inFolders = [
  ['js title="a/app.cjs"', 'console.log("a");'],
  ['js title="app.cjs"', 'console.log("root");'],
] as const;

test.each([
  ["cd a", "a"],
  ["cd ./a/", "a"],
  ["cd -- a", "a"],
  ["cd /d a", "a"],
  ["pushd a", "a"],
  ["cd ~/a", "a"],
  ["cd a || exit", "a"],
  ["cd a && cd ..", "root"],
])("after %s, a file is that of the folder", async (line, printed) => {
  const page = (shown: string) => pageOf(...inFolders, ["sh", `${line}\n${run}`], ["text", shown]);
  expectExit(await makePage(page(printed)).run(), 0);
  expectExit(await makePage(page("other")).run(), 1);
});

test.each([
  [["sh", "cd a\ncd -"]],
  [["sh", "cd a\ncd"]],
  [["sh", "pushd a\npopd"]],
  [["sh", 'cd "$FOLDER"']],
  [["sh", "mkdir a && cd $_"]],
  [["sh", "cd /srv/app"]],
] as const)("after %j, one of two files with the same name is not known", async (block) => {
  const page = pageOf(...sql, ...inFolders, block, ["sh", run], ["text", "other"]);
  await expectReport(makePage(page).run(), 0, "1 of 2 outputs verified");
});

test("the folder of another terminal, and of a prompt, is not known", async () => {
  const other = [["sh", "cd a"] as const, "In a second terminal:", ["sh", run] as const];
  const page = pageOf(...sql, ...inFolders, ...other, ["text", "other"]);
  await expectReport(makePage(page).run(), 0, "1 of 2 outputs verified");
  const prompt = pageOf(...sql, ...inFolders, ["console", `me@host:~/a$ ${run}\nother`]);
  await expectReport(makePage(prompt).run(), 0, "1 of 2 outputs verified");
});

test("a function, or what else has several lines, is not run line by line", async () => {
  for (const lines of [`greet() {\n  ${run}\n}`, `(\n  ${run}\n)`, `ls | % {\n  ${run}\n}`]) {
    const page = pageOf(...sql, app, ["sh", lines], ["text", "other"]);
    await expectReport(makePage(page).run(), 0, "1 of 2 outputs verified");
  }
});

test("psql's command and output file are not left out", async () => {
  const file = ['sql title="q.sql"', "SELECT 2 AS n;"] as const;
  for (const option of ["-c 'SELECT 1 AS n'", "-o out.txt"]) {
    const load = ["sh", `psql ${option} -f q.sql`] as const;
    const page = pageOf(...sql, file, load, ["", " n \n---\n 3\n(1 row)"]);
    await expectReport(makePage(page).run(), 0, "1 of 2 outputs verified");
  }
});

test("a file is changed by its name, also without an ending", () => {
  const files = new Map([["app.py", { content: "" }]]);
  expect(effectOf("echo x > data", files).files).toEqual(["data"]);
  expect(effectOf("ls > /dev/null", files).files).toEqual([]);
  const install = "curl -fsSL https://example.com/install.sh | bash";
  expect(effectOf(install, files)).toMatchObject({ mayWrite: false, isUnknown: false });
});

import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { expectExit, expectRefused, expectReport } from "../support/command.ts";
import { filesIn } from "../support/files.ts";
import { otherGuide } from "../support/shell-guide.ts";

const fails = 'echo first; echo "it broke at $$" >&2; echo because >&2; exit 3\n';

const says = (words: string) => fails.replace("because", words);
const unsaid = "did not write to stderr what";

/** A guide with a shell step that fails, and one after it that runs if this is documented. */
function makeGuide(files: Readonly<Record<string, string>> = {}, manifest: object = {}) {
  return otherGuide({
    "steps/guide.json": JSON.stringify({
      ...{ title: "Failures", runs: ["01-fail", "02-go-on"] },
      ...{ programs: { sh: ["sh"], sql: ["psql", "-qX", "-f"] }, exitCodes: { "01-fail": 3 } },
      ...manifest,
    }),
    "steps/01-fail.sh": fails,
    "steps/01-fail.md": "# It fails",
    "steps/02-go-on.sh": "echo second\n",
    "steps/02-go-on.md": "# It goes on",
    "expected/01-fail.txt": "first\n",
    "expected/01-fail.stderr.txt": "it broke at [..]\nbecause\n",
    "expected/02-go-on.txt": "second\n",
    ...files,
  });
}

test("a run that fails as documented is a match, and the runs after it go on", async () => {
  await expectReport(makeGuide().guide(), 0, "All 2 outputs are verified");
});

test.each<[string, string, string]>([
  ["does not fail", fails.replace("3", "0"), "exited with 0, not with 3"],
  ["fails with another code", fails.replace("3", "4"), "exited with 4, not with 3"],
  ["says why in other words", says("since"), `${unsaid} expected/01-fail.stderr.txt says`],
  ["says more", says("because; echo so"), unsaid],
  ["says nothing", "echo first; exit 3\n", unsaid],
  ["is killed", "kill -9 $$\n", "was ended by SIGKILL"],
])("it is an error if the step %s", async (title, script, reason) => {
  const guide = makeGuide({ "steps/01-fail.sh": script });
  const result = await guide.guide();
  await expectReport(result, 1, reason);
  // Other words on stderr change nothing for what follows.
  const isWordsOnly = title.startsWith("says") && title !== "says nothing";
  expect(result.stdout).toMatch(isWordsOnly ? /02-go-on +match/ : /02-go-on +skipped/);
});

test("what a failing step prints is compared as well", async () => {
  const guide = makeGuide({ "steps/01-fail.sh": fails.replace("first", "1st") });
  await expectReport(guide.guide(), 1, /01-fail +drift/);
});

test("an exit code that is documented does not document what stderr gets", async () => {
  const guide = makeGuide();
  guide.remove("expected/01-fail.stderr.txt");
  await expectReport(guide.guide(), 1, "wrote to stderr");
});

test("what is written after the first 64 KiB of stderr is not documented by them", async () => {
  const script = "echo first; head -c 65535 /dev/zero | tr '\\0' x >&2; echo >&2; exit 3\n";
  const file = "steps/01-fail.sh";
  const stderr = `${"x".repeat(65_535)}\n`;
  const guide = makeGuide({ [file]: script, "expected/01-fail.stderr.txt": stderr });
  await expectReport(guide.guide(), 0, "All 2 outputs are verified");
  guide.edit(file, "exit", "echo PANIC >&2; exit");
  await expectReport(guide.guide(), 1, unsaid);
});

test("what a step writes to stderr is documented without an exit code", async () => {
  const script = { "steps/01-fail.sh": "echo first; echo careful >&2\n" };
  const files = { ...script, "expected/01-fail.stderr.txt": "careful\r\n" };
  expectExit(await makeGuide(files, { exitCodes: {} }).guide(), 0);
});

test("a step that writes its own golden file proves nothing", async () => {
  const guide = makeGuide();
  const file = join(guide.directory, "expected/01-fail.stderr.txt");
  guide.write("steps/01-fail.sh", `${fails.replace("exit 3", "")}echo new > '${file}'; exit 3\n`);
  await expectRefused(guide.guide(), "01-fail.stderr.txt changed while the guide ran");
});

test("a step that is saved, or a branch that is switched, during a run proves nothing", async () => {
  const guide = makeGuide();
  const file = join(guide.directory, "steps/02-go-on.sh");
  guide.write("steps/01-fail.sh", fails.replace("exit 3", `echo '# saved' >> '${file}'; exit 3`));
  await expectRefused(guide.guide(), "steps/02-go-on.sh changed while the guide ran. Run again");
});

test("a step in TypeScript fails as documented, with every driver", async () => {
  const code = (work: string) =>
    `/*\n# It fails\n*/\nimport { step } from "neon-typescript-guide/step";\nawait step(async (db) => {\n  ${work}\n});\n`;
  const guide = makeGuide(
    {
      "steps/01-fail.ts": code('await db.query("SELECT 1 / 0");'),
      "expected/01-fail.txt": "[no output]\n",
      "expected/01-fail.stderr.txt":
        "Query failed.\n22012: division by zero (01-fail.ts, line 6)\n",
      "steps/02-go-on.ts": '/*\n# It throws\n*/\nthrow new Error("never caught");\n',
      "expected/02-go-on.txt": "[no output]\n",
      "expected/02-go-on.stderr.txt":
        "...\nError: never caught\n    at [..]steps/02-go-on.ts:4:7[..]\n...\n",
    },
    { exitCodes: { "01-fail": 1, "02-go-on": 1 } },
  );
  guide.remove("steps/01-fail.sh");
  guide.remove("steps/02-go-on.sh");
  await expectReport(guide.guide(), 0, "All 2 outputs are verified with 2 clients");
});

test.each<[object, string]>([
  [
    { "01-fial": 1 },
    '"exitCodes" in steps/guide.json names "01-fial", which is not a run with a golden file. The runs: 01-fail, 02-go-on.',
  ],
  [{ "01-fail": 0 }, '"exitCodes" is not like { "05-fail": 1 }'],
])("exitCodes: %j is refused", async (exitCodes, message) => {
  await expectRefused(makeGuide({}, { exitCodes }).guide(), message);
});

test.each([
  ["03-no.stderr.txt", "x", "No run uses the golden file"],
  [
    "01-fail.stderr.txt",
    "",
    "01-fail.stderr.txt is empty. Write into it what the run writes to stderr, or remove it.",
  ],
  ["01-fail.stderr.txt", "...\n[..]\n", "only has markers"],
])("%s with %j is refused", async (name, text, message) => {
  await expectRefused(makeGuide({ [`expected/${name}`]: text }).guide(), message);
});

test("--update and --accept write what all clients write to stderr, and keep its markers", async () => {
  const guide = makeGuide({ "steps/01-fail.sh": says("since") });
  const file = "expected/01-fail.stderr.txt";
  const other = await guide.guide(["--accept", "expected/01-fail.txt"]);
  expectExit(other, 2);
  expect(guide.read(file)).toBe("it broke at [..]\nbecause\n");
  await expectReport(guide.guide(["--accept", file]), 0, "1 golden file written");
  expect(guide.read(file)).toBe("it broke at [..]\nsince\n");
  await expectRefused(guide.guide(["--accept", file]), "it matches already");
  guide.write("steps/01-fail.sh", says("...").replace("first", "1st"));
  await expectReport(guide.guide(["--update"]), 1, "Wrote expected/01-fail.stderr.txt.");
  expect(guide.read(file)).toBe("it broke at [..]\n\\...\n");
  expectExit(await guide.guide(["--update"]), 0);
  expect(guide.read("expected/01-fail.txt")).toBe("1st\n");
  expectExit(await guide.guide(), 0);
});

test.each([
  [
    "the password is in it",
    'echo first; echo "$PGPASSWORD" >&2; exit 3\n',
    "contains your server's password",
  ],
  ["the exit code is another", says("since").replace("3", "4"), "exited with 4"],
  ["the run writes nothing there", "echo first; exit 3\n", "did not write to stderr"],
])("--update leaves it where %s", async (_, script, message) => {
  const guide = makeGuide({ "steps/01-fail.sh": script });
  await expectReport(guide.guide(["--update"]), 1, message);
  expect(guide.read("expected/01-fail.stderr.txt")).toBe("it broke at [..]\nbecause\n");
});

test("--update makes no golden file for stderr", async () => {
  const guide = makeGuide();
  guide.remove("expected/01-fail.stderr.txt");
  expectExit(await guide.guide(["--update"]), 1);
  expect(existsSync(join(guide.directory, "expected/01-fail.stderr.txt"))).toBe(false);
});

test("psql, as the docs recommend it, runs DROP TABLE IF EXISTS, and stops at an error", async () => {
  const docs = filesIn(join(import.meta.dirname, "../..")).read("docs/authoring.md");
  const words: string[] = JSON.parse(/"sql": (\["psql".*?\])/.exec(docs)?.[1] ?? "");
  const guide = makeGuide(
    {
      "steps/01-fail.sql":
        "DROP TABLE IF EXISTS never_there;\nSELECT 1 AS one;\nSELECT 1 / 0;\nSELECT 2 AS two;\n",
      "expected/01-fail.txt": " one \n-----\n   1\n(1 row)\n\n",
      "expected/01-fail.stderr.txt": "psql:[..]01-fail.sql:3: ERROR:  division by zero\n",
    },
    { programs: { sh: ["sh"], sql: words } },
  );
  guide.remove("steps/01-fail.sh");
  const result = await guide.guide();
  expect(result.stdout).toContain("All 2 outputs are verified");
});

test("--keep-going shows what else fails, unless the setup failed", async () => {
  const guide = makeGuide({ "steps/01-fail.sh": "exit 4\n", "steps/02-go-on.sh": "exit 5\n" });
  const result = await guide.guide(["--keep-going"]);
  await expectReport(result, 1, "exited with 4, not with 3");
  expect(result.stdout).toContain("exited with 5");
  const manifest = { title: "A", setup: ["01-fail"], runs: ["02-go-on"], programs: { sh: ["sh"] } };
  guide.write("steps/guide.json", JSON.stringify(manifest));
  guide.write("steps/01-fail.sh", "exit 4\n");
  for (const file of ["01-fail.txt", "01-fail.stderr.txt"]) guide.remove(`expected/${file}`);
  await expectReport(guide.guide(["--keep-going"]), 1, "01-fail failed with sh");
});

test.each(["md", "html"])("a document in %s shows how a run fails", async (format) => {
  const guide = makeGuide();
  const { stdout } = await guide.guide(["export", "-", "--format", format]);
  expect(stdout).toContain("It exits with 3, and writes to stderr:");
  expect(stdout).toContain("it broke at [..]\nbecause\n");
});

test("a document shows the modules that a program's steps import, each once", async () => {
  const guide = makeGuide(
    {
      "steps/01-fail.py": "import words\nprint(words.first)\n",
      "steps/02-go-on.py": "from words import second\nprint(second)\n",
      "steps/words.py": "first = 'first'\nsecond = 'second'\n",
    },
    { programs: { py: ["python3", "-B"] }, exitCodes: {} },
  );
  const without = ["steps/01-fail.sh", "steps/02-go-on.sh", "expected/01-fail.stderr.txt"];
  without.forEach(guide.remove);
  const { stdout, stderr } = await guide.guide(["export", "-", "--format", "md"]);
  expect(stderr).toContain("All 2 outputs are verified");
  expect(stdout.split("first = 'first'")).toHaveLength(2);
  expect(stdout).toContain("[`steps/words.py`](steps/words.py):");
});

test("programs are not exported as cells that no kernel runs", async () => {
  await expectRefused(
    makeGuide().guide(["export", "-", "--format", "ipynb"]),
    /cells of an .ipynb are TypeScript here, and .*01-fail.sh is not/,
  );
});

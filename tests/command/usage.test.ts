import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { expectExit, expectRefused } from "../support/command.ts";
import { makeDatabase } from "../support/database.ts";
import { copyProject, given, sharedProject } from "../support/project.ts";
import { makeShellGuide } from "../support/shell-guide.ts";

// The rest of the command line is in tests/runner/arguments.test.ts.
test.each([
  [["--nonsense"], "Unknown option --nonsense. See npx tsx run-guide.ts --help."],
  [["--driver", "mysql"], 'There is no driver "mysql". The clients: pg, postgres.'],
  [
    ["--driver", "mysql", "export", "x.md"],
    'There is no driver "mysql". The clients: pg, postgres.',
  ],
  [
    ["--list", "--step", "9"],
    'There is no step "9". The steps: 1 (01-create), 2 (02-read), 3 (03-update), 4 (04-delete).',
  ],
])("%j is a usage error that says what to do", async (choices, message) => {
  const result = await sharedProject().guide(choices, given);
  await expectRefused(result, message);
  expect(result.stderr.trim().split("\n")).toHaveLength(1);
  expect(result.stdout).toBe("");
});

test("a driver of a guide's own has a name that is free", async () => {
  const guide = makeShellGuide();
  guide.write("drivers/pg.ts", "");
  await expectRefused(
    guide.guide(["--list"]),
    /Every guide has a driver pg\. Give \S+pg\.ts another name\./,
  );
});

test("--list respects --step", async () => {
  const result = await sharedProject().guide(["--list", "--step", "4"]);
  expectExit(result, 0);
  expect(result.stdout.match(/^ *\d+ {2}[\w.-]+/gm)).toEqual([
    " 4  04-delete",
    " 2  02-read.after-04-delete",
  ]);
});

test("a guide that is named before a command is the one that is meant", async () => {
  const other = makeShellGuide();
  const project = sharedProject();
  const made = await project.guide(["--guide", other.directory, "new", "step", "x"]);
  expectExit(made, 0);
  expect(other.read("steps/guide.json")).toContain("05-x");
  expect(project.read("steps/guide.json")).not.toContain("05-x");
});

/** What is written into a guide; undefined for a file that is removed. */
test.each<[Readonly<Record<string, string | undefined>>, RegExp]>([
  [{ "expected/05-sort.txt": "x" }, /No run uses the golden file .*05-sort\.txt/],
  [{ "steps/05-sort.ts": "/*\n# Sort\n*/\n" }, /No run uses .*05-sort\.ts/],
  [{ "steps/2-more.ts": "/*\n# More\n*/\n" }, /Two steps have the number 2/],
  [
    {
      ...{ "steps/02-read.sh": undefined, "steps/02-read.md": undefined },
      "steps/02-read.ts": "/*\nRead data\n*/\n",
    },
    /02-read\.ts does not open with/,
  ],
  [
    { "steps/guide.json": '{ "title": "x", "runs": ["04-remove"], "programs": { "sh": ["sh"] } }' },
    /runs "04-remove", and there is no such step/,
  ],
  [{ "steps/guide.json": '{"title": "x", "runs": []}' }, /"runs" is not a list of step names/],
  [{ "steps/guide.json": undefined }, /guide\.json does not exist/],
  [{ "steps/guide.json": "{" }, /guide\.json: .*JSON/],
  [
    { "expected/01-create.txt": undefined, "expected/01-create.txt/x": "" },
    /01-create\.txt cannot be read/,
  ],
])("a guide that is laid out wrongly is refused: %j", async (files, message) => {
  const guide = makeShellGuide();
  for (const [file, text] of Object.entries(files)) {
    if (text === undefined) guide.remove(file);
    else guide.write(file, text);
  }
  await expectRefused(guide.guide(), message);
});

describe("without a usable database it exits 3", () => {
  test.each([
    ["not a URL", "nonsense", /^DATABASE_URL: The connection string cannot be used\./],
    ["a quoted URL", "'postgres://u:p@h/d'", /Remove it\.$/m],
    ["no server", "postgres://u:hidden-word@127.0.0.1:1/d?connect_timeout=1", /ECONNREFUSED/],
    [
      "a wrong password",
      given.DATABASE_URL.replace("reader-secret", "hidden-word"),
      /28P01: password authentication failed/,
    ],
  ])("%s", async (_, DATABASE_URL, message) => {
    const result = await sharedProject().guide([], { DATABASE_URL });
    expectExit(result, 3);
    expect(result.stderr).toMatch(message);
    expect(result.stdout + result.stderr).not.toContain("hidden-word");
  });
});

describe("a step by itself", () => {
  test("prints what the guide documents, with either driver, from .env", async () => {
    const project = copyProject();
    project.write(".env", `\uFEFFDATABASE_URL="${await makeDatabase()}"\r\n`);
    const early = await project.stepByHand("02-read");
    expectExit(early, 1);
    expect(early.stdout).toBe("Connection established\n");
    expect(early.stderr).toMatch(
      /^Query failed\.\n42P01: relation "books" does not exist \(02-read\.ts, line \d+\)\nThe books table is not there yet\. Run 01-create first\.$/m,
    );
    for (const [name, driver] of [
      ["01-create", "pg"],
      ["02-read", "postgres"],
    ] as const) {
      const result = await project.stepByHand(name, ["--driver", driver]);
      expectExit(result, 0);
      expect(result.stderr).toBe("");
      expect(result.stdout).toBe(project.read(`expected/${name}.txt`));
    }

    project.write(".env", "DATABASE_URL=\0\0");
    const unread = await project.guide([], {});
    expectExit(unread, 3);
    expect(unread.stderr).toMatch(/\.env is not a text file in UTF-8/);

    if (process.platform === "win32") return;
    project.remove(".env");
    execFileSync("mkfifo", [join(project.directory, ".env")]); // as some secrets managers do
    const refused = await project.command([], {});
    expectExit(refused, 3);
    expect(refused.stderr).toMatch(/\.env is not a regular file/);
  });

  test.each([
    [[], {}, 1, /^DATABASE_URL is not set\. Copy \.env\.example to \.env/],
    [
      ["--driver", "mysql"],
      given,
      1,
      /^There is no driver "mysql"\. Choose one with --driver pg or --driver postgres\.$/m,
    ],
    [["--drver"], given, 1, /^A step has one option, --driver\. Choose one with --driver pg/],
    [
      [],
      { DATABASE_URL: "postgres://u:p@127.0.0.1:1/d?connect_timeout=1" },
      1,
      /^Connection failed\.\nECONNREFUSED: cannot connect to 127\.0\.0\.1:1\. Is the server running/,
    ],
  ])("%j in %j fails with a line that helps", async (choices, environment, exitCode, message) => {
    const result = await sharedProject().step("02-read", choices, environment);
    expectExit(result, exitCode);
    expect(result.stderr).toMatch(message);
    expect(result.stdout).toBe("");
  });
});

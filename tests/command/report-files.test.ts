import { spawnSync } from "node:child_process";
import { chmodSync, linkSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { XmlDocument } from "libxml2-wasm";
import { describe, expect, test } from "vitest";
import { cleanEnvironment, expectExit, expectRefused, expectReport } from "../support/command.ts";
import { makeDirectory } from "../support/files.ts";
import { given, sharedProject } from "../support/project.ts";
import { fewRuns, makeShellGuide } from "../support/shell-guide.ts";

const chosen = (choices: readonly string[]) => choices.flatMap((choice) => ["--reporter", choice]);

/** Has each of these write into a file that is called like it. */
const filesFrom = (names: readonly string[], start: string) =>
  chosen(names.map((name) => `${name}=${start}${name}`));

describe("reporters", () => {
  test("write their files in one run", async () => {
    const project = makeShellGuide(fewRuns);
    const files = filesFrom(["json", "junit", "tap"], `${project.directory}/r.`);
    const run = project.guide(["--reporter", "terminal", ...files]);
    await expectReport(run, 0, "All 2 outputs are verified");
    expect(JSON.parse(project.read("r.json")).summary.verified).toBe(true);
    expect(XmlDocument.fromString(project.read("r.junit")).root.name).toBe("testsuites");
    expect(project.read("r.tap")).toMatch(/^1\.\.4$/m);
  });

  test("annotate by themselves on GitHub, and a step's output is no command there", async () => {
    const project = makeShellGuide();
    project.edit("steps/03-update.sh", "Updated", "::error::injected\nUpdated");
    const summary = `${project.directory}/summary.md`;
    const environment = {
      ...given,
      GITHUB_ACTIONS: "true",
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_WORKSPACE: project.directory,
    };
    const result = await project.guide(["--driver", "pg"], environment);
    await expectReport(
      result,
      1,
      /^::error file=expected\/03-update\.txt,line=2,title=03-update%3A drift::/m,
    );
    expect(result.stdout).not.toMatch(/^\s*::error::injected/m);
    expect(project.read("summary.md")).toContain("**Not verified**");
  });

  test("fail a page of which no output could be verified, alone and among others", async () => {
    const project = makeShellGuide(fewRuns);
    const page = "# A page\n\n```sql\nSELECT now();\n```\n\n```text\n2026-01-01 10:00:00+00\n```\n";
    project.write("a.md", page);
    project.write("b.md", page);
    for (const guides of [["a.md"], ["a.md", "b.md"]]) {
      const own = guides.flatMap((name) => ["--guide", join(project.directory, name)]);
      const files = filesFrom(["junit", "tap", "sarif", "github"], `${project.directory}/r.`);
      const result = await sharedProject().guide([...own, "--driver", "pg", ...files], given);
      expectExit(result, 1);
      const said = "No documented output could be verified.";
      expect(project.read("r.junit")).toMatch(new RegExp(`errors="${guides.length}"[^]*${said}`));
      expect(project.read("r.tap")).toMatch(new RegExp(`not ok \\d+ - guide[^]*${said}`));
      const [{ invocations }] = JSON.parse(project.read("r.sarif")).runs;
      expect(invocations[0].executionSuccessful).toBe(false);
      expect(project.read("r.github")).toMatch(new RegExp(`^::error [^]*${said}`, "m"));
    }
  });

  test.each([
    [["json", "tap"], "json and tap cannot share stdout. Write --reporter NAME=FILE for one."],
    [["json=GUIDE/r", "tap=GUIDE/./r"], "/r. Name two files."],
    [["json=GUIDE/expected/01-create.txt"], "01-create.txt is among the guide's own files."],
    [["terminal", "tap=GUIDE/steps/new.tap"], "new.tap is among the guide's own files."],
    [["json=GUIDE/steps/guide.json/r.json"], "r.json is among the guide's own files."],
    [["json=GUIDE/locked.json"], "/locked.json cannot be written. It is read-only."],
    [["tap=GUIDE/locked.json"], "/locked.json cannot be written. It is read-only."],
    [["json=GUIDE"], " cannot be read. It is a directory. Name a file in it."],
    [["json=GUIDE/r.json/x"], "r.json/x cannot be read. ENOTDIR"],
    [["tap=GUIDE/exercises/new.tap"], "new.tap is among the guide's own files."],
  ])("%j is refused", async (names, message) => {
    const project = makeShellGuide(fewRuns);
    project.write("r.json", "");
    project.write("locked.json", "");
    chmodSync(join(project.directory, "locked.json"), 0o444);
    const choices = names.map((name) => name.replace("GUIDE", project.directory));
    await expectRefused(project.guide(chosen(choices)), message);
  });

  const names = ["terminal", "json", "junit", "tap", "github"];

  test("replace their own reports, and make missing folders", async () => {
    const project = makeShellGuide(fewRuns);
    project.edit("expected/02-read.txt", "Orwell", "Blair");
    const choices = filesFrom(names, `${project.directory}/new/folder/`);
    for (const _ of [1, 2]) {
      expectExit(await project.guide(["--driver", "pg", ...choices]), 1);
      expect(project.read("new/folder/json")).toContain("Blair");
      expect(project.read("new/folder/terminal")).toContain("Blair");
    }
    // Another format's report is not replaced.
    const swapped = chosen([`junit=${project.directory}/new/folder/json`]);
    expectExit(await project.guide(swapped), 2);
  });

  const notes: [string, string][] = [
    ["notes.md", "# Notes\n\nTAP version 14\n# Guide: mine\n"],
    ["data.json", '{\n  "version": 1,\n  "guide": "mine"\n}\n'],
    [".env", "DATABASE_URL=postgresql://u:p@h/d\n"],
    ["other.xml", '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="jest tests">\n'],
    ["two.txt", "::error title=x::y\nmy own line\n"],
    ["blank.txt", "\n"],
  ];
  test.each(names.flatMap((name) => notes.map(([file, text]) => [name, file, text] as const)))(
    "%s never replaces %s",
    async (name, file, text) => {
      const project = makeShellGuide(fewRuns);
      project.write(file, text);
      const { directory } = project;
      const choices = chosen([`json=${directory}/r.json`, `${name}=${directory}/${file}`]);
      const said = `is not a report of "${name}", and is not replaced.`;
      await expectRefused(project.guide(choices), said);
      expect(project.read(file)).toBe(text);
      expect(() => project.read("r.json")).toThrow("ENOENT");
    },
  );

  test.skipIf(process.platform === "win32")("do not follow links into the guide", async () => {
    const project = makeShellGuide(fewRuns);
    const path = (file: string) => `${project.directory}/${file}`;
    symlinkSync(path("expected/02-read.txt"), path("to-golden"));
    symlinkSync(path("steps/03-new.sh"), path("to-new"));
    symlinkSync(path("expected"), path("folder"));
    linkSync(path("expected/02-read.txt"), path("hard"));
    const golden = project.read("expected/02-read.txt");
    for (const file of ["to-golden", "to-new", "folder/02-read.txt", "folder/x/new", "hard"]) {
      expectExit(await project.guide(chosen([`json=${path(file)}`])), 2);
    }
    const both = chosen([`json=${path("r")}`, `tap=${path("link")}`]);
    symlinkSync(path("r"), path("link"));
    expect((await project.guide(both)).stderr).toContain("Two reports cannot share");
    expect(project.read("expected/02-read.txt")).toBe(golden);
  });

  test("are not written by what has none, nor into any guide", async () => {
    const project = makeShellGuide(fewRuns);
    const report = chosen([`json=${project.directory}/r.json`]);
    expectExit(await project.guide(["--driver", "pg", ...report]), 0);
    const text = project.read("r.json");
    const { guide } = sharedProject();
    expectExit(await guide(["merge", `${project.directory}/r.json`, ...report], given), 2);
    expect(project.read("r.json")).toBe(text);

    const inGuide = chosen([`json=${project.directory}/expected/new.json`]);
    const choices = ["--guide", project.directory, ...inGuide, "--only-changed"];
    expectExit(await guide(["--guide", makeShellGuide(fewRuns).directory, ...choices], given), 2);
    expect(() => project.read("expected/new.json")).toThrow("ENOENT");
  });

  const wrong = given.DATABASE_URL.replace("reader-secret", "another-secret");
  test.each<[string, string, string[], NodeJS.ProcessEnv, number]>([
    ["a wrong password", "password authentication failed", [], { DATABASE_URL: wrong }, 3],
    ["a broken guide", "guide.json", [], given, 2],
    ["an unknown driver", "nope", ["--driver", "nope"], given, 2],
    ["an unknown option", "Unknown option --nope", ["--nope"], given, 2],
    ["a value that is not a number", "--timeout", ["--timeout", "soon"], given, 2],
    ["--update in CI", "CI is set", ["--update"], { ...given, CI: "true" }, 2],
  ])("are whole after %s", async (_, message, choices, environment, code) => {
    const project = makeShellGuide(fewRuns);
    if (message === "guide.json") project.write("steps/guide.json", "{");
    const summary = `${project.directory}/summary.md`;
    const reporters = filesFrom(names, `${project.directory}/r.`);
    const onGithub = { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: summary };
    const result = await project.guide([...choices, ...reporters], { ...environment, ...onGithub });
    expectExit(result, code);
    const json = JSON.parse(project.read("r.json"));
    expect(json).toMatchObject({ failure: expect.stringContaining(message), runs: [] });
    expect(json.summary.verified).toBe(false);
    const suites = XmlDocument.fromString(project.read("r.junit")).root;
    expect(suites.attrs.find(({ name }) => name === "errors")?.value).not.toBe("0");
    expect(project.read("r.junit")).toContain(message);
    expect(project.read("r.tap")).toMatch(/^TAP version 14\n(#.*\n)*Bail out! /);
    expect(project.read("r.terminal")).toContain("Not verified: ");
    expect(project.read("r.github")).toMatch(/^::error title=guide::/);
    expect(project.read("summary.md")).toContain("**Not verified");
    // And each is a report, which the next run replaces.
    expectExit(await project.guide([...choices, ...reporters], environment), code);
  });

  test.skipIf(process.platform === "win32").each(["SIGINT", "SIGKILL"] as const)(
    "are whole after %s",
    async (signal) => {
      const project = makeShellGuide(fewRuns);
      project.write("steps/02-read.sh", "sleep 60\n");
      const reporters = filesFrom(["tap", "json", "junit"], `${project.directory}/r.`);
      const running = project.start([...reporters, "--reporter", "terminal"]);
      await running.prints("✓ 01-create");
      running.child.kill(signal);
      await running.ended;
      const json = JSON.parse(project.read("r.json"));
      const failure = signal === "SIGINT" ? "The run was interrupted." : "The run did not end.";
      expect(json).toMatchObject({ failure, summary: { verified: false } });
      expect(json.runs).toHaveLength(signal === "SIGINT" ? 2 : 0);
      expect(project.read("r.junit")).toContain(failure);
      expect(project.read("r.tap")).toMatch(signal === "SIGINT" ? /^Bail out!/m : /^ok 2/m);
    },
  );

  test.skipIf(process.platform === "win32").each([
    ["a pipe", '"$@" --reporter json=/dev/stdout | cat'],
    ["a file", '"$@" --reporter json=/dev/stdout > r.json; cat r.json'],
    [
      "a file next to stdout",
      '"$@" --reporter terminal --reporter json=/dev/fd/3 3> r.json >&2; cat r.json',
    ],
  ])("are whole where they go to a descriptor: of %s", async (_, line) => {
    const { directory } = makeShellGuide(fewRuns);
    const runner = join(sharedProject().directory, "run-guide.ts");
    const command = [process.execPath, "--import", import.meta.resolve("tsx"), runner];
    const { stdout } = spawnSync("sh", ["-c", line, "sh", ...command, "--guide", directory], {
      ...{ cwd: makeDirectory("descriptor"), env: cleanEnvironment(given), encoding: "utf8" },
    });
    expect(JSON.parse(stdout).summary.verified).toBe(true);
  });
});

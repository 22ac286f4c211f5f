import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterEach, describe, expect, test, vi } from "vitest";
import { openReporters, type ReporterOptions } from "../../runner/report/reporters.ts";
import { makeDirectory } from "../support/files.ts";
import { failed, finished, judged, play } from "./events.ts";

afterEach(() => vi.unstubAllEnvs());

const toStdout = (...names: ReporterOptions["name"][]) =>
  names.map((name) => ({ name, file: undefined }));

async function report(
  choices: readonly ReporterOptions[],
  environment: Record<string, string> = {},
  title = "A guide",
) {
  vi.stubEnv("GITHUB_ACTIONS", undefined);
  vi.stubEnv("GITHUB_STEP_SUMMARY", undefined);
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const printed = { stdout: "", stderr: "" };
  const failures: unknown[] = [];
  const reporter = await openReporters(
    choices,
    (text) => {
      printed.stdout += text;
    },
    (text) => {
      printed.stderr += text;
    },
  );
  const drift = await judged(
    "02-read",
    "drift",
    "old\n",
    finished("new ##[x]\n"),
    finished("new ##[x]\n"),
  );
  try {
    play(reporter, [drift, await judged("03-update", "error", "x\n", failed("oh\n"))], title);
  } catch (error) {
    failures.push(error);
  }
  return { ...printed, failures };
}

describe("on GitHub, annotations and the summary come by themselves", () => {
  test.each([
    [[]],
    [toStdout("terminal")],
    [[{ name: "junit", file: "FILE" }] as const],
    [[...toStdout("terminal"), { name: "junit", file: "FILE" }] as const],
  ])("with %j", async (choices) => {
    const parent = makeDirectory("reporters");
    const summary = join(parent, "summary.md");
    const files = choices.map(({ name, file }) => ({ name, file: file && join(parent, file) }));
    const environment = { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: summary };
    const { stdout } = await report(files, environment);
    expect(stdout.match(/^::error file=/gm)).toHaveLength(2);
    expect(readFileSync(summary, "utf8")).toContain("**Not verified**");
  });

  test("once, where they were asked for", async () => {
    const choices = toStdout("terminal", "github");
    const { stdout } = await report(choices, { GITHUB_ACTIONS: "true" });
    expect(stdout.match(/^::error file=/gm)).toHaveLength(2);
  });

  test("and not into a document on stdout", async () => {
    const { stdout, stderr } = await report(toStdout("json"), { GITHUB_ACTIONS: "true" });
    expect(JSON.parse(stdout).runs[0].stdout).toBe("new ##[x]\n");
    expect(stdout).not.toContain("##[");
    expect(stderr.match(/^::error file=/gm)).toHaveLength(2);
  });

  test("and nowhere else", async () => {
    const { stdout } = await report([], { GITHUB_ACTIONS: "false" });
    expect(stdout).not.toContain("::error");
  });
});

test.each<[ReporterOptions[], string | RegExp]>([
  // Node.js 20 cannot look for it; later versions say that it is not there, and cannot make its folder.
  [
    [{ name: "json", file: "/dev/null/r.json" }],
    /^\/dev\/null\/r\.json cannot be read\. ENOTDIR|^The report cannot be written\. E(EXIST|NOTDIR)/,
  ],
  [
    toStdout("json", "tap"),
    "json and tap cannot share stdout. Write --reporter NAME=FILE for one.",
  ],
  [toStdout("terminal", "junit"), "terminal and junit cannot share stdout."],
])("%j is refused", async (choices, message) => {
  const failure = { kind: "usage", message: expect.stringMatching(message) };
  await expect(report(choices)).rejects.toMatchObject(failure);
});

test("without a choice it is the terminal's; a file has no colours", async () => {
  const file = join(makeDirectory("reporters"), "report.txt");
  const environment = { FORCE_COLOR: "1", NO_COLOR: "" };
  const { stdout } = await report([], environment);
  const copied = await report([{ name: "terminal", file }, ...toStdout("tap")], environment);
  expect(stdout).toContain("\x1b[");
  expect(copied).toMatchObject({ stdout: expect.stringMatching(/^TAP/), failures: [] });
  expect(readFileSync(file, "utf8")).toBe(stripVTControlCharacters(stdout));
});

describe.runIf(process.platform === "linux")("a report on a full device", () => {
  const lost = {
    kind: "report",
    message: expect.stringMatching(/^\/dev\/full cannot be written\. ENOSPC/),
  };

  test.each(["json", "junit", "tap", "terminal", "github"] as const)(
    "%s: is a failure, and the other reports are whole",
    async (name) => {
      const other = join(makeDirectory("reporters"), "other.json");
      const { stdout, failures } = await report([
        { name, file: "/dev/full" },
        { name: "json", file: other },
        ...toStdout("terminal"),
      ]);
      expect(failures).toMatchObject([lost]);
      expect(stdout).toContain("Not verified: 1 drift, 1 error of 2 runs");
      expect(JSON.parse(readFileSync(other, "utf8")).runs).toHaveLength(3);
    },
  );

  test("the job's summary: likewise", async () => {
    const environment = { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: "/dev/full" };
    const { failures } = await report([], environment);
    expect(failures).toMatchObject([lost]);
  });

  test("one that holds just the beginning of a report: likewise", () => {
    const file = join(makeDirectory("reporters"), "report.json");
    // The first write is cut short at the limit, as on a disk that fills up; only the next one fails.
    const script = `
      import { openReporters } from "./runner/report/reporters.ts";
      const reporter = await openReporters([{ name: "json", file: ${JSON.stringify(file)} }], () => {});
      const guide = { title: "long ".repeat(10000), runs: [], drivers: [], directory: "/" };
      reporter.start({ guide, server: "", clients: [], unavailable: [] });
      reporter.end({ summary: {} });`;
    const node = [process.execPath, "--import", "tsx", "--input-type=module", "-e", script];
    const limited = ["-c", 'ulimit -f 16; exec "$@"', "sh", ...node];
    const { status, stderr } = spawnSync("sh", limited, { encoding: "utf8" });
    expect(stderr).toMatch(/report\.json cannot be written\. EFBIG/);
    expect(status).not.toBe(0);
  });
});

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { expectExit, expectRefused, expectReport } from "../support/command.ts";
import { copySmallProject, given } from "../support/project.ts";
import { disagreement, fewRuns, makeShellGuide } from "../support/shell-guide.ts";

/** With one driver. */
const alone = ["--driver", "pg"];

/** The verdicts in a terminal report, in the order of the runs. */
function verdicts(stdout: string): string {
  return Array.from(stdout.matchAll(/^[✓✗-] \S+ +(\w+)/gm), ([, verdict]) => verdict).join(" ");
}

describe("golden files", () => {
  let printed: Promise<string> | undefined;

  /** What one run prints of golden files that have a fault each. The first test that asks runs it. */
  const printedOnce = () => {
    printed ??= runFaulty();
    return printed;
  };
  async function runFaulty(): Promise<string> {
    const project = makeShellGuide();
    project.remove("expected/01-create.txt");
    project.edit("expected/02-read.txt", "Orwell", "Blair");
    project.write("expected/03-update.txt", "");
    const again = "expected/02-read.after-03-update.txt";
    project.write(again, project.read(again).replaceAll("\n", "\r\n"));
    project.write("steps/04-delete.sh", project.read("steps/04-delete.sh") + disagreement);
    const result = await project.command([]);
    expectExit(result, 1);
    return result.stdout;
  }

  /** What it prints of one run. */
  async function reportOf(name: string): Promise<string> {
    const parts = (await printedOnce()).split(/^(?=[✓✗] )/m);
    return parts.find((part) => part.slice(2).startsWith(`${name} `)) ?? "";
  }

  test("a tampered one is drift: the drivers agree with each other", async () => {
    const drift = await reportOf("02-read");
    expect(drift).toMatch(/^✗ 02-read +drift/);
    const line = (author: string) =>
      `ID: 3, Title: 1984, Author: ${author}, Year: 1949, In Stock: True`;
    expect(drift).toContain(`    -${line("George Blair")}\n`);
    expect(drift).toContain(`    +${line("George Orwell")}\n`);
    expect(drift).toContain(
      "All clients agree. If the new output is right: npx tsx run-guide.ts --guide ",
    );
  });

  test("a driver made to disagree is divergence", async () => {
    const divergence = await reportOf("04-delete");
    expect(divergence).toMatch(/^✗ 04-delete +divergence/);
    expect(divergence).toContain("+++ postgres printed");
    expect(divergence).not.toContain("+++ pg printed");
    expect(divergence).toContain(
      "The clients disagree. postgres did not print what is documented: look at drivers/.",
    );
  });

  test("one with CRLF still matches", async () => {
    expect(await reportOf("02-read.after-03-update")).toMatch(/ match /);
  });

  test.each([
    ["missing", "01-create", "does not exist"],
    ["empty", "03-update", "is empty"],
  ])("a %s one fails", async (_, name, text) => {
    const missing = await reportOf(name);
    expect(missing).toMatch(/ missing /);
    expect(missing).toContain(
      `expected/${name}.txt ${text}. Write it: npx tsx run-guide.ts --guide `,
    );
  });

  test("all of them are counted", async () => {
    const stdout = await printedOnce();
    expect(verdicts(stdout)).toBe("missing drift missing match divergence match");
    expect(stdout).toContain("Not verified: 2 match, 1 drift, 1 divergence, 2 missing of 6 runs");
  });
});

test("what goes wrong before the step that was asked for is reported, too", async () => {
  const project = makeShellGuide();
  project.write("steps/01-create.sh", "exit 1\n");
  const result = await project.guide(["--step", "3", ...alone]);
  expectExit(result, 1);
  expect(verdicts(result.stdout)).toBe("error skipped skipped skipped");
  expect(result.stdout).toContain("01-create");
});

describe("steps that fail", () => {
  /** Steps of any language fail alike. */
  const failingInShell = (code: string) => {
    const project = makeShellGuide();
    project.write("steps/03-update.sh", code);
    return project;
  };

  test("a failed statement is an error, and an update that changes no row; what follows is skipped", async () => {
    const project = copySmallProject(["pg"]);
    const create = project.read("steps/01-create.ts");
    project.edit("steps/01-create.ts", "INSERT INTO books", "INSERT INTO boks");
    const result = await project.guide([], given);
    expectExit(result, 1);
    expect(verdicts(result.stdout)).toBe("error skipped");
    expect(result.stdout).toContain("pg exited with 1.\n    Query failed.\n");
    expect(result.stdout).toMatch(
      /42P01: relation "boks" does not exist \(01-create\.ts, line \d+\)/,
    );
    expect(result.stdout).toContain("pg was skipped: 01-create failed with pg.");

    project.write("steps/01-create.ts", create);
    const update = readFileSync("steps/03-update.ts", "utf8").replace('"Dune",', '"Duna",');
    project.write("steps/02-read.ts", update);
    const { stdout } = await project.guide([], given);
    expect(verdicts(stdout)).toBe("match error");
    expect(stdout).toContain("No row was updated: there is no book titled 'Dune'.");
  });

  test("a step that hangs is ended at its time limit", async () => {
    const project = failingInShell('trap "" TERM\nwhile :; do sleep 1; done\n');
    const result = await project.guide(["--timeout", "1", ...alone]);
    expectExit(result, 1);
    expect(verdicts(result.stdout)).toBe("match match error skipped skipped skipped");
    expect(result.stdout).toContain("pg timed out after 1 s.");
  });

  test("a step that writes to stderr is an error, and the text is shown", async () => {
    const result = await failingInShell("printf '\\033[2Jcareful\\n' >&2\n").guide();
    expectExit(result, 1);
    expect(verdicts(result.stdout)).toMatch(/^\w+ \w+ error/);
    expect(result.stdout).toContain("pg wrote to stderr.\n    \\x1b[2Jcareful\n");
  });

  test("a step that ends too early, or has a mistake, does not exit 0, and says where", async () => {
    const project = copySmallProject(["pg"]);
    const file = "steps/01-create.ts";
    const whole = project.read(file);
    const line = whole.slice(0, whole.indexOf("console.log(")).split("\n").length;
    /** Runs the step with this code on that line. */
    const failing = (code: string) => {
      project.write(file, whole.replace("console.log(", `${code} console.log(`));
      return project.guide(["--step", "1"], given);
    };

    for (const code of [
      "process.exit(0);",
      "await new Promise(() => { setTimeout(() => process.exit(), 50) });",
    ]) {
      const { stdout } = await failing(code);
      expect(verdicts(stdout), code).toBe("error");
      expect(stdout).toContain("pg exited with 1.\n    The step ended before its work was done.");
    }

    project.write(file, `${whole}await new Promise((resolve) => setTimeout(resolve, 1500));\n`);
    const late = await project.guide(["--step", "1"], given);
    expect(late.stdout).toContain("The step went on for a second after its work was done");

    const mistake = "const nothing: { a?: { b: number } } = {}; void (nothing.a as any).b;";
    const { stdout } = await failing(mistake);
    expect(stdout).toContain("TypeError: Cannot read properties of undefined");
    expect(stdout).toMatch(new RegExp(`steps/01-create\\.ts:${line}:\\d+`));

    await expectRefused(
      failing("const = 1;"),
      `steps/01-create.ts, line ${line}: Expected identifier`,
    );
  });
});

describe("--update", () => {
  const drifted = () => {
    const project = makeShellGuide();
    project.edit("steps/04-delete.sh", "Deleted the book '1984'", "Removed the book '1984'");
    return project;
  };

  test("writes what the drivers agree on, and nothing else", async () => {
    const project = drifted();
    project.remove("expected/03-update.txt");
    const result = await project.guide(["--update"]);
    await expectReport(result, 0, /✓ 03-update +updated[\s\S]*✓ 04-delete +updated/);
    expect(result.stdout).toContain("2 golden files written");
    expect(project.read("expected/04-delete.txt")).toContain("Removed the book");
    expectExit(await project.guide(alone), 0);
  });

  test("never writes what the drivers disagree on", async () => {
    const project = makeShellGuide(fewRuns);
    const before = project.read("expected/02-read.txt");
    project.write("steps/02-read.sh", project.read("steps/02-read.sh") + disagreement);
    const result = await project.guide(["--update"]);
    expectExit(result, 1);
    expect(verdicts(result.stdout)).toContain("divergence");
    expect(project.read("expected/02-read.txt")).toBe(before);
  });

  test("marks in a first golden file what two runs of one client print differently", async () => {
    const project = makeShellGuide(fewRuns);
    project.edit("steps/guide.json", '"pg","postgres"', '"pg"');
    project.write("steps/01-create.sh", 'printf "took %s ms\\nMade it.\\n" $(date +%N)\n');
    project.write("steps/02-read.sh", "tr -dc a-z </dev/urandom | head -c 9\n");
    project.remove("expected/01-create.txt");
    project.remove("expected/02-read.txt");
    const result = await project.guide(["--update"]);
    expectExit(result, 1);
    expect(project.read("expected/01-create.txt")).toBe("took [..] ms\nMade it.\n");
    expect(result.stdout).toContain("check that only varying text is marked");
    expect(verdicts(result.stdout)).toBe("updated divergence");
    expect(result.stdout).toContain("mark it with [..] in expected/02-read.txt");
    expect(() => project.read("expected/02-read.txt")).toThrow("ENOENT");
  });

  test("that is killed while writing is in no one's way", async () => {
    const project = drifted();
    project.write(
      "killed.cjs",
      `const fs = require("node:fs"), move = fs.renameSync;
      fs.renameSync = (from, to) => /04-delete/.test(to) ? process.kill(process.pid, "SIGKILL") : move(from, to);`,
    );
    const preload = join(project.directory, "killed.cjs").replaceAll("\\", "/");
    const NODE_OPTIONS = `--require "${preload}"`;
    const killed = await project.command(["--update"], { ...given, NODE_OPTIONS });
    expect(killed.code).not.toBe(0);
    expect(readdirSync(join(project.directory, "expected")).join()).toMatch(/04-delete\S*\.new/);
    expectExit(await project.guide(["--update"]), 0);
  });

  test("never writes in CI", async () => {
    const project = drifted();
    await expectRefused(
      project.guide(["--update"], { ...given, CI: "true" }),
      "--update writes the documented outputs, and CI is set",
    );
    expect(project.read("expected/04-delete.txt")).toContain("Deleted the book");
  });

  test("needs all drivers", async () => {
    await expectRefused(
      drifted().guide(["--update", "--driver", "pg"]),
      "--update needs all clients to agree",
    );
  });
});

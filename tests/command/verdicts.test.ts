import { describe, expect, inject, test } from "vitest";
import { copyProject, copySmallProject, expectExit } from "../support/project.ts";

const given = { DATABASE_URL: inject("databaseUrl") };

/** The verdicts in a terminal report, in the order of the runs. */
function verdicts(stdout: string): string[] {
  return [...stdout.matchAll(/^[✓✗-] \S+ +(\w+)/gm)].map(([, verdict = ""]) => verdict);
}

describe("golden files", () => {
  test("a tampered one is drift: the drivers agree with each other", async () => {
    const project = copyProject();
    project.edit("expected/02-read.txt", "Orwell", "Blair");
    const result = await project.guide([], given);
    expectExit(result, 1);
    expect(verdicts(result.stdout)).toEqual(["match", "drift", "match", "match", "match", "match"]);
    expect(result.stdout).toContain(
      "    -ID: 3, Title: 1984, Author: George Blair, Year: 1949, In Stock: True\n",
    );
    expect(result.stdout).toContain(
      "    +ID: 3, Title: 1984, Author: George Orwell, Year: 1949, In Stock: True\n",
    );
    expect(result.stdout).toContain(
      "All drivers agree. If this is what the guide should say: npx tsx run-guide.ts --update",
    );
    expect(result.stdout).toContain("Not verified: 5 match, 1 drift of 6 runs");
  });

  test("a driver made to disagree is divergence", async () => {
    const project = copyProject();
    project.edit("drivers/postgres.ts", "rows: last ?? []", "rows: [...(last ?? [])].reverse()");
    const result = await project.guide([], given);
    expectExit(result, 1);
    const reads = "divergence";
    expect(verdicts(result.stdout)).toEqual(["match", reads, "match", reads, "match", reads]);
    expect(result.stdout).toContain("+++ postgres printed");
    expect(result.stdout).not.toContain("+++ pg printed");
    expect(result.stdout).toContain("The drivers disagree, so a driver is wrong");
  });

  test("one with CRLF still matches", async () => {
    const project = copySmallProject();
    project.write(
      "expected/02-read.txt",
      project.read("expected/02-read.txt").replaceAll("\n", "\r\n"),
    );
    expectExit(await project.guide(["--driver", "pg"], given), 0);
  });

  test.each([
    ["missing", "is not there"],
    ["empty", "is empty"],
  ])("a %s one fails", async (kind, text) => {
    const project = copySmallProject();
    if (kind === "empty") project.write("expected/01-create.txt", "");
    else project.remove("expected/01-create.txt");
    const result = await project.guide(["--driver", "pg"], given);
    expectExit(result, 1);
    expect(verdicts(result.stdout)[0]).toBe("missing");
    expect(result.stdout).toContain(
      `expected/01-create.txt ${text}. Write it: npx tsx run-guide.ts --update`,
    );
  });
});

test("what goes wrong before the step that was asked for is reported, too", async () => {
  const project = copyProject();
  project.edit("steps/01-create.ts", "CREATE TABLE", "CREATE TABEL");
  const { code, stdout, stderr } = await project.guide(["--step", "3", "--driver", "pg"], given);
  expect(verdicts(stdout), stderr).toEqual(["error", "skipped", "skipped", "skipped"]);
  expect(stdout).toContain("01-create");
  expect(code).toBe(1);
});

describe("steps that fail", () => {
  const failing = (code: string) => {
    const project = copyProject();
    project.edit("steps/03-update.ts", 'console.log("Updated', `${code}\n    console.log("Updated`);
    return project;
  };

  test("a failed statement is an error; what follows is skipped", async () => {
    const project = copyProject();
    project.edit("steps/03-update.ts", "UPDATE books", "UPDATE boks");
    const result = await project.guide([], given);
    expectExit(result, 1);
    expect(verdicts(result.stdout)).toEqual([
      "match",
      "match",
      "error",
      "skipped",
      "skipped",
      "skipped",
    ]);
    expect(result.stdout).toContain("pg exited with 1.\n    Query failed.\n");
    expect(result.stdout).toContain(
      '42P01: relation "boks" does not exist (03-update.ts, line 23)',
    );
    expect(result.stdout).toContain("pg was skipped: 03-update failed with pg.");
  });

  test("an update that changes no row is an error", async () => {
    const project = copyProject();
    project.edit("steps/03-update.ts", '"Dune",', '"Duna",');
    const { stdout } = await project.guide(["--driver", "pg"], given);
    expect(verdicts(stdout)[2]).toBe("error");
    expect(stdout).toContain("No row was updated: there is no book titled 'Dune'.");
  });

  test("a step that hangs is ended at its time limit", async () => {
    const project = failing(
      'process.on("SIGTERM", () => {}); await new Promise(() => setInterval(() => {}, 1000));',
    );
    const result = await project.guide(["--timeout", "4", "--driver", "pg"], given);
    expectExit(result, 1);
    expect(verdicts(result.stdout)).toEqual([
      "match",
      "match",
      "error",
      "skipped",
      "skipped",
      "skipped",
    ]);
    expect(result.stdout).toContain("pg timed out after 4 s.");
  });

  test("a step that writes to stderr is an error, and the text is shown", async () => {
    const result = await failing('console.error("\\x1b[2Jcareful");').guide([], given);
    expectExit(result, 1);
    expect(verdicts(result.stdout)[2]).toBe("error");
    expect(result.stdout).toContain("pg wrote to stderr.\n    \\x1b[2Jcareful\n");
  });

  test.each([
    ["calls process.exit", "process.exit(0);", "exited with 1"],
    [
      "waits for what never comes",
      "await new Promise(() => { setTimeout(() => process.exit(), 50) });",
      "exited with 1",
    ],
  ])("a step that %s before its work is done does not exit 0", async (_, code, reason) => {
    const { stdout } = await failing(code).guide(["--driver", "pg"], given);
    expect(verdicts(stdout)[2]).toBe("error");
    expect(stdout).toContain(`pg ${reason}.\n    The step ended before its work was done.`);
  });

  test("a mistake in a step shows its stack, with the lines of the step's own file", async () => {
    const project = failing(
      "const nothing: { a?: { b: number } } = {}; void (nothing.a as any).b;",
    );
    const { stdout } = await project.guide(["--driver", "pg"], given);
    expect(stdout).toContain("TypeError: Cannot read properties of undefined");
    expect(stdout).toMatch(/steps\/03-update\.ts:33:\d+/);
  });

  test("a step that does not compile stops everything, with its line", async () => {
    const result = await failing("const = 1;").guide([], given);
    expectExit(result, 2);
    expect(result.stderr).toMatch(/steps\/03-update\.ts, line 33: Expected identifier/);
  });
});

describe("--update", () => {
  const drifted = () => {
    const project = copyProject();
    project.edit("steps/04-delete.ts", "Deleted the book '1984'", "Removed the book '1984'");
    return project;
  };

  test("writes what the drivers agree on, and nothing else", async () => {
    const project = drifted();
    project.remove("expected/03-update.txt");
    const result = await project.guide(["--update"], given);
    expectExit(result, 0);
    expect(result.stdout).toMatch(/✓ 03-update +updated/);
    expect(result.stdout).toMatch(/✓ 04-delete +updated/);
    expect(result.stdout).toContain("2 golden files written");
    expect(project.read("expected/04-delete.txt")).toContain("Removed the book");
    expectExit(await project.guide(["--driver", "pg"], given), 0);
  });

  test("never writes what the drivers disagree on", async () => {
    const project = copySmallProject();
    const before = project.read("expected/02-read.txt");
    project.edit("drivers/postgres.ts", "rows: last ?? []", "rows: [...(last ?? [])].reverse()");
    const result = await project.guide(["--update"], given);
    expectExit(result, 1);
    expect(verdicts(result.stdout)).toContain("divergence");
    expect(project.read("expected/02-read.txt")).toBe(before);
  });

  test("never writes in CI", async () => {
    const project = drifted();
    const result = await project.guide(["--update"], { ...given, CI: "true" });
    expectExit(result, 2);
    expect(result.stderr).toContain("--update writes golden files, and CI is set");
    expect(project.read("expected/04-delete.txt")).toContain("Deleted the book");
  });

  test("needs all drivers", async () => {
    const result = await drifted().guide(["--update", "--driver", "pg"], given);
    expectExit(result, 2);
    expect(result.stderr).toContain("--update needs all drivers to agree");
  });
});

import { describe, expect, inject, test } from "vitest";
import { copyProject } from "../support/project.ts";

const given = { DATABASE_URL: inject("databaseUrl") };

/** The verdicts in a terminal report, in the order of the runs. */
function verdicts(stdout: string): string[] {
  return [...stdout.matchAll(/^[✓✗-] \S+ +(\w+)/gm)].map(([, verdict = ""]) => verdict);
}

describe("golden files", () => {
  test("a tampered one is drift: the drivers agree with each other", async () => {
    const project = copyProject();
    project.edit("expected/02-read.txt", "Orwell", "Blair");
    const { code, stdout } = await project.guide([], given);
    expect(verdicts(stdout)).toEqual(["match", "drift", "match", "match", "match", "match"]);
    expect(stdout).toContain(
      "    -ID: 3, Title: 1984, Author: George Blair, Year: 1949, In Stock: True\n",
    );
    expect(stdout).toContain(
      "    +ID: 3, Title: 1984, Author: George Orwell, Year: 1949, In Stock: True\n",
    );
    expect(stdout).toContain(
      "All drivers agree. If this is what the guide should say: npx tsx run-guide.ts --update",
    );
    expect(stdout).toContain("Not verified: 5 match, 1 drift of 6 runs");
    expect(code).toBe(1);
  });

  test("a driver made to disagree is divergence", async () => {
    const project = copyProject();
    project.edit("drivers/postgres.ts", "rows: last ?? []", "rows: [...(last ?? [])].reverse()");
    const { code, stdout } = await project.guide([], given);
    const reads = "divergence";
    expect(verdicts(stdout)).toEqual(["match", reads, "match", reads, "match", reads]);
    expect(stdout).toContain("+++ postgres printed");
    expect(stdout).not.toContain("+++ pg printed");
    expect(stdout).toContain("The drivers disagree, so a driver is wrong");
    expect(code).toBe(1);
  });

  test("one with CRLF still matches", async () => {
    const project = copyProject();
    project.write(
      "expected/03-update.txt",
      project.read("expected/03-update.txt").replaceAll("\n", "\r\n"),
    );
    expect((await project.guide(["--driver", "pg"], given)).code).toBe(0);
  });

  test.each([
    ["missing", "is not there"],
    ["empty", "is empty"],
  ])("a %s one fails", async (kind, text) => {
    const project = copyProject();
    if (kind === "empty") project.write("expected/01-create.txt", "");
    else project.remove("expected/01-create.txt");
    const { code, stdout } = await project.guide(["--driver", "pg"], given);
    expect(verdicts(stdout)[0]).toBe("missing");
    expect(stdout).toContain(
      `expected/01-create.txt ${text}. Write it: npx tsx run-guide.ts --update`,
    );
    expect(code).toBe(1);
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
    const { code, stdout } = await project.guide([], given);
    expect(verdicts(stdout)).toEqual(["match", "match", "error", "skipped", "skipped", "skipped"]);
    expect(stdout).toContain("pg exited with 1.\n    Query failed.\n");
    expect(stdout).toContain('42P01: relation "boks" does not exist (03-update.ts, line 20)');
    expect(stdout).toContain("pg was skipped: 03-update failed with pg.");
    expect(code).toBe(1);
  });

  test("an update that changes no row is an error", async () => {
    const project = copyProject();
    project.edit("steps/03-update.ts", '      "Dune",', '      "Duna",');
    const { stdout } = await project.guide(["--driver", "pg"], given);
    expect(verdicts(stdout)[2]).toBe("error");
    expect(stdout).toContain("No row was updated: there is no book titled 'Dune'.");
  });

  test("a step that hangs is ended at its time limit", async () => {
    const project = failing(
      'process.on("SIGTERM", () => {}); await new Promise(() => setInterval(() => {}, 1000));',
    );
    const { code, stdout } = await project.guide(["--timeout", "2"], given);
    expect(verdicts(stdout)).toEqual(["match", "match", "error", "skipped", "skipped", "skipped"]);
    expect(stdout).toContain("pg timed out after 2 s.");
    expect(code).toBe(1);
  });

  test("a step that writes to stderr is an error, and the text is shown", async () => {
    const { code, stdout } = await failing('console.error("\\x1b[2Jcareful");').guide([], given);
    expect(verdicts(stdout)[2]).toBe("error");
    expect(stdout).toContain("pg wrote to stderr.\n    \\x1b[2Jcareful\n");
    expect(code).toBe(1);
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
    expect(stdout).toMatch(/steps\/03-update\.ts:29:\d+/);
  });

  test("a step that does not compile stops everything, with its line", async () => {
    const { code, stderr } = await failing("const = 1;").guide([], given);
    expect(stderr).toMatch(/steps\/03-update\.ts, line 29: Expected identifier/);
    expect(code).toBe(2);
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
    const { code, stdout } = await project.guide(["--update"], given);
    expect(stdout).toMatch(/✓ 03-update +updated/);
    expect(stdout).toMatch(/✓ 04-delete +updated/);
    expect(stdout).toContain("2 golden files written");
    expect(code).toBe(0);
    expect(project.read("expected/04-delete.txt")).toContain("Removed the book");
    expect((await project.guide([], given)).code).toBe(0);
  });

  test("never writes what the drivers disagree on", async () => {
    const project = copyProject();
    const before = project.read("expected/02-read.txt");
    project.edit("drivers/postgres.ts", "rows: last ?? []", "rows: [...(last ?? [])].reverse()");
    const { code, stdout } = await project.guide(["--update"], given);
    expect(verdicts(stdout)).toContain("divergence");
    expect(project.read("expected/02-read.txt")).toBe(before);
    expect(code).toBe(1);
  });

  test("never writes in CI", async () => {
    const project = drifted();
    const { code, stderr } = await project.guide(["--update"], { ...given, CI: "true" });
    expect(stderr).toContain("--update writes golden files, and CI is set");
    expect(project.read("expected/04-delete.txt")).toContain("Deleted the book");
    expect(code).toBe(2);
  });

  test("needs all drivers", async () => {
    const { code, stderr } = await drifted().guide(["--update", "--driver", "pg"], given);
    expect(stderr).toContain("--update needs all drivers to agree");
    expect(code).toBe(2);
  });
});

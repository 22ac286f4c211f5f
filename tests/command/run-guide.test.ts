import { describe, expect, test } from "vitest";
import { expectExit, expectReport } from "../support/command.ts";
import { makeDatabase, makeRole, openDatabase } from "../support/database.ts";
import { copyProject, given, sharedProject } from "../support/project.ts";
import { fewRuns, makeShellGuide } from "../support/shell-guide.ts";

const allMatch =
  /✓ 01-create +match .*\n(✓ .* match .*\n){5}\nAll 6 outputs are verified with 2 clients/;

describe("a guide that is right", () => {
  test("is verified on a given server, in a path with everything in it", async () => {
    const project = copyProject("my 'guide' \"ü\" $HOME %PATH%");
    const result = await project.launch(["--step", "1"], given);
    expectExit(result, 0);
    expect(result.stderr).toBe("");
    expect(result.stdout).toMatch(
      /PostgreSQL .* at 127\.0\.0\.1:\d+\/postgres · clients: pg, postgres/,
    );
    expect(result.stdout).toContain("The output is verified with 2 clients");
  });

  test("is verified with one driver, and says so", async () => {
    const result = await makeShellGuide().guide(["--driver", "postgres"]);
    await expectReport(result, 0, "All 6 outputs are verified with 1 client");
    expect(result.stdout).not.toContain("pg ");
  });

  test.each([
    ["3", ["03-update", "02-read.after-03-update"]],
    ["04-delete", ["04-delete", "02-read.after-04-delete"]],
    ["02-read", ["02-read", "02-read.after-03-update", "02-read.after-04-delete"]],
  ])("reports only step %s and its re-reads", async (step, names) => {
    const choices = ["--step", step, "--driver", "pg"];
    const result = await makeShellGuide().guide(choices);
    expectExit(result, 0);
    const reported = [...result.stdout.matchAll(/^✓ (\S+)/gm)].map(([, name]) => name);
    expect(reported).toEqual(names);
  });

  test("runs in place, one driver after the other", async () => {
    const own = { DATABASE_URL: await makeDatabase() };
    const result = await sharedProject().guide(["--in-place"], own);
    await expectReport(result, 0, ", in place");
    expect(result.stdout).toMatch(allMatch);
    expectExit(await sharedProject().guide(["--in-place", "--step", "1"], own), 0);
  });

  test("lists its runs and runs nothing", async () => {
    await expectReport(
      sharedProject().guide(["--list"], { DATABASE_URL: "unusable" }),
      0,
      " 2  02-read.after-03-update  expected/02-read.after-03-update.txt  Read data, again\n",
    );
  });
});

describe("the reader's data", () => {
  const makeOwnTable = async () => {
    const DATABASE_URL = await makeDatabase(await makeRole("CREATEDB"));
    const db = await openDatabase(DATABASE_URL);
    await db.query("CREATE TABLE books (id INT, title TEXT)");
    await db.query("INSERT INTO books VALUES (7, 'my own')");
    return { DATABASE_URL, db };
  };

  test("is not touched by a run", async () => {
    const { DATABASE_URL, db } = await makeOwnTable();
    const result = await sharedProject().guide(["--step", "1"], { DATABASE_URL });
    expectExit(result, 0);
    expect((await db.query("SELECT * FROM books")).rows).toEqual([{ id: 7, title: "my own" }]);
    const { rows: mine } = await db.query(
      "SELECT datname FROM pg_database WHERE datdba = current_user::regrole",
    );
    expect(mine).toHaveLength(1);
  });

  test("is not touched in place", async () => {
    const { DATABASE_URL, db } = await makeOwnTable();
    const result = await sharedProject().command(["--in-place"], { DATABASE_URL });
    expectExit(result, 3);
    expect(result.stderr).toContain(
      "There is a table named books that no guide has made, so nothing was run.",
    );
    expect(result.stdout).toBe("");
    expect((await db.query("SELECT * FROM books")).rows).toEqual([{ id: 7, title: "my own" }]);
  });

  test("is not touched in place, whatever it is called", async () => {
    const { DATABASE_URL, db } = await makeOwnTable();
    await db.query('ALTER TABLE books RENAME TO "My notes"');
    const result = await makeShellGuide(fewRuns).guide(["--in-place"], { DATABASE_URL });
    expectExit(result, 3);
    expect(result.stderr).toContain('There is a table named "My notes" that no guide has made');
  });

  // tests/drivers/guide-objects.test.ts does so with pg.
  test("is not touched by a step by itself, with postgres.js", async () => {
    const { DATABASE_URL, db } = await makeOwnTable();
    const result = await sharedProject().step("01-create", ["--driver", "postgres"], {
      DATABASE_URL,
    });
    expectExit(result, 1);
    expect(result.stdout).toBe("");
    expect(result.stderr).toMatch(
      /^Query failed\.\nThere is a table named books that no guide has made, so nothing was run/,
    );
    expect((await db.query("SELECT * FROM books")).rows).toEqual([{ id: 7, title: "my own" }]);
  });

  test("stays out of reach where the role may not create databases", async () => {
    const result = await sharedProject().guide([], { DATABASE_URL: await makeRole() });
    expectExit(result, 3);
    expect(result.stderr).toMatch(/may not create databases.*a role with CREATEDB, or --in-place/);
  });
});

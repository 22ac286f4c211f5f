import { describe, expect, inject, test } from "vitest";
import { makeDatabase, makeRole, openDatabase } from "../support/database.ts";
import { copyProject } from "../support/project.ts";

/** The shared server saves each test a start-up. The first test uses the embedded one of its own. */
const given = { DATABASE_URL: inject("databaseUrl") };
const allMatch =
  /✓ 01-create +match .*\n(✓ .* match .*\n){5}\nAll 6 outputs are verified with 2 drivers/;

describe("a guide that is right", () => {
  test("is verified on the embedded server", async () => {
    const { code, stdout, stderr } = await copyProject().guide();
    expect(stderr).toBe("");
    expect(stdout).toMatch(/embedded PostgreSQL \d+\.\d+.* · drivers: pg, postgres/);
    expect(stdout).toMatch(allMatch);
    expect(code).toBe(0);
  });

  test("is verified on a given server, in a path with everything in it", async () => {
    const { code, stdout } = await copyProject("my 'guide' \"ü\" $HOME %PATH%").guide([], given);
    expect(stdout).toMatch(/PostgreSQL .* at 127\.0\.0\.1:\d+\/postgres · drivers: pg, postgres/);
    expect(stdout).toMatch(allMatch);
    expect(code).toBe(0);
  });

  test("is verified with one driver, and says so", async () => {
    const { code, stdout } = await copyProject().guide(["--driver", "postgres"], given);
    expect(stdout).toContain("All 6 outputs are verified with 1 driver");
    expect(stdout).not.toContain("pg ");
    expect(code).toBe(0);
  });

  test.each([
    ["3", ["03-update", "02-read.after-03-update"]],
    ["04-delete", ["04-delete", "02-read.after-04-delete"]],
    ["02-read", ["02-read", "02-read.after-03-update", "02-read.after-04-delete"]],
  ])("reports only step %s and its re-reads", async (step, names) => {
    const { code, stdout } = await copyProject().guide(["--step", step, "--driver", "pg"], given);
    const reported = [...stdout.matchAll(/^✓ (\S+)/gm)].map(([, name]) => name);
    expect(reported).toEqual(names);
    expect(code).toBe(0);
  });

  test("runs in place, one driver after the other", async () => {
    const DATABASE_URL = await makeDatabase();
    const { code, stdout } = await copyProject().guide(["--in-place"], { DATABASE_URL });
    expect(stdout).toContain(", in place");
    expect(stdout).toMatch(allMatch);
    expect(code).toBe(0);

    const again = await copyProject().guide(["--in-place"], { DATABASE_URL });
    expect(again.code).toBe(0);
  });

  test("lists its runs and runs nothing", async () => {
    const { code, stdout } = await copyProject().guide(["--list"], { DATABASE_URL: "unusable" });
    expect(stdout).toContain(
      " 2  02-read.after-03-update  expected/02-read.after-03-update.txt  Read data, again\n",
    );
    expect(code).toBe(0);
  });
});

describe("the reader's data", () => {
  const makeOwnTable = async () => {
    const DATABASE_URL = await makeDatabase(await makeRole("CREATEDB"));
    const db = await openDatabase(DATABASE_URL);
    await db.execute("CREATE TABLE books (id INT, title TEXT)");
    await db.execute("INSERT INTO books VALUES (7, 'my own')");
    return { DATABASE_URL, db };
  };

  test("is not touched by a run", async () => {
    const { DATABASE_URL, db } = await makeOwnTable();
    const { code } = await copyProject().guide([], { DATABASE_URL });
    expect(code).toBe(0);
    expect(await db.query("SELECT * FROM books")).toEqual([{ id: 7, title: "my own" }]);
    const mine = await db.query(
      "SELECT datname FROM pg_database WHERE datdba = current_user::regrole",
    );
    expect(mine).toHaveLength(1);
  });

  test("is not touched in place", async () => {
    const { DATABASE_URL, db } = await makeOwnTable();
    const { code, stdout, stderr } = await copyProject().guide(["--in-place"], { DATABASE_URL });
    expect(stderr).toContain(
      "There is a table named books that this guide did not make, so nothing was run.",
    );
    expect(stdout).toBe("");
    expect(code).toBe(3);
    expect(await db.query("SELECT * FROM books")).toEqual([{ id: 7, title: "my own" }]);
  });

  test.each(["pg", "postgres"])("is not touched by a step by itself, with %s", async (driver) => {
    const { DATABASE_URL, db } = await makeOwnTable();
    const result = await copyProject().step("01-create", ["--driver", driver], { DATABASE_URL });
    expect(result.stdout).toBe("Connection established\n");
    expect(result.stderr).toMatch(
      /^Query failed\.\nThere is a table named books that this guide did not make\./,
    );
    expect(result.code).toBe(1);
    expect(await db.query("SELECT * FROM books")).toEqual([{ id: 7, title: "my own" }]);
  });

  test("stays out of reach where the role may not create databases", async () => {
    const { code, stderr } = await copyProject().guide([], { DATABASE_URL: await makeRole() });
    expect(stderr).toMatch(/may not create databases.*a role with CREATEDB, or --in-place/);
    expect(code).toBe(3);
  });
});

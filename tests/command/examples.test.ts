import { join } from "node:path";
import { expect, test } from "vitest";
import { expectExit, expectReport } from "../support/command.ts";
import { makeDatabase, openDatabase } from "../support/database.ts";
import { copyProject, given, type Project, sharedProject } from "../support/project.ts";

const verified = "All 8 outputs are verified with 2 clients";

function withOrders<P extends Project>(project: P) {
  return { ...project, orders: ["--guide", join(project.directory, "examples/orders")] };
}

/** Three and a half hours behind UTC, with a server in Kathmandu. */
test("the second guide is verified in other time zones", async () => {
  const { guide, orders } = withOrders(sharedProject());
  const result = await guide(orders, {
    TZ: "America/St_Johns",
    DATABASE_URL: `${given.DATABASE_URL}?options=-c%20TimeZone%3DAsia/Kathmandu`,
  });
  expectExit(result, 0);
  expect(result.stderr).toBe("");
  expect(result.stdout).toContain(verified);
});

/** Also 14 hours ahead of UTC, in another language. */
test("it can be run in place again and again", async () => {
  const there = { TZ: "Pacific/Kiritimati", LANG: "de_DE.UTF-8", LC_ALL: "de_DE.UTF-8" };
  const environment = { ...there, DATABASE_URL: await makeDatabase() };
  const { guide, orders } = withOrders(sharedProject());
  const first = await guide([...orders, "--in-place"], environment);
  expectExit(first, 0);
  expect(first.stderr).toBe("");
  expect(first.stdout).toMatch(/^Take orders: .*\n.* · clients: pg, postgres\n/);
  expect(first.stdout).toContain(verified);
  // The first step drops what is there.
  const again = [...orders, "--in-place", "--driver", "postgres", "--step", "1"];
  expectExit(await guide(again, environment), 0);
});

test.each(["shop_customers", "shop_orders"])("it leaves a foreign %s alone", async (table) => {
  const DATABASE_URL = await makeDatabase();
  const db = await openDatabase(DATABASE_URL);
  await db.query(`CREATE TABLE ${table} (id INT)`);
  await db.query(`INSERT INTO ${table} VALUES (7)`);

  const { guide, orders } = withOrders(sharedProject());
  const result = await guide([...orders, "--in-place"], { DATABASE_URL });
  expectExit(result, 3);
  expect(result.stderr).toContain(`There is a table named ${table} that no guide has made`);
  expect((await db.query(`SELECT * FROM ${table}`)).rows).toEqual([{ id: 7 }]);
});

test("a change of what it prints is found", async () => {
  const { guide, orders, edit } = withOrders(copyProject());
  edit("examples/orders/steps/01-create.ts", "`Created", "`Made");
  const result = await guide([...orders, "--step", "1", "--driver", "pg"], given);
  await expectReport(result, 1, /✗ 01-create +drift/);
  expect(result.stdout).toContain("-Created shop_orders.");
});

test("a step by itself leaves a foreign table alone", async () => {
  const DATABASE_URL = await makeDatabase();
  const db = await openDatabase(DATABASE_URL);
  await db.query("CREATE TABLE shop_orders (id INT)");

  const { step } = withOrders(sharedProject());
  const result = await step("../examples/orders/steps/01-create", [], {
    DATABASE_URL,
  });
  expectExit(result, 1);
  expect(result.stderr).toContain(
    "There is a table named shop_orders that no guide has made, so nothing was run",
  );
  expect(result.stdout).toBe("");
  expect((await db.query("SELECT * FROM shop_orders")).rows).toEqual([]);
});

import { randomUUID } from "node:crypto";
import { expect, inject, onTestFinished, test } from "vitest";
import { makeDatabase, makeRole, openDatabase } from "../support/database.ts";
import { makePage, pageOf } from "../support/page.ts";
import { expectExit } from "../support/project.ts";

const pageWith = (statement: string) =>
  makePage(
    pageOf(
      [
        'js title="index.mjs"',
        `import pg from "pg";
const client = new pg.Client(process.env.DATABASE_URL);
await client.connect();
await client.query(\`${statement}\`);
console.log("ok");
await client.end();`,
      ],
      ["sh", "node index.mjs"],
      ["text", "ok"],
    ),
  );

test("a page's program that drops a database of the reader's is not run", async () => {
  const url = await makeDatabase(await makeRole("CREATEDB"));
  const name = `shop_${randomUUID().replaceAll("-", "")}`;
  const db = await openDatabase(url);
  await db.query(`CREATE DATABASE ${name} TEMPLATE template0 STRATEGY file_copy`);
  onTestFinished(async () => void (await db.query(`DROP DATABASE IF EXISTS ${name}`)));
  const result = await pageWith(`DROP DATABASE IF EXISTS ${name}`).runWith({ DATABASE_URL: url });
  const { rows } = await db.query("SELECT FROM pg_database WHERE datname = $1", [name]);
  expect(rows).toHaveLength(1);
  expect(result.code).not.toBe(0);
  expect(result.stderr).toContain(`index.mjs would change or connect to the database ${name}`);
});

test("a page's program that changes the server's settings is not run", async () => {
  const result = await pageWith("ALTER SYSTEM RESET work_mem").runWith({
    DATABASE_URL: inject("databaseUrl"),
  });
  expect(result.stderr).toContain("index.mjs would change this server's setting work_mem");
});

test("a page's program may drop what is not there, and name a place of its own", async () => {
  const page = pageWith("DROP DATABASE IF EXISTS not_there");
  const own = makePage(
    page
      .read("page.md")
      .replace("process.env.DATABASE_URL", '{ host: "localhost", database: "postgres" }'),
  );
  expectExit(await page.run(), 0);
  expectExit(await own.run(), 0);
});

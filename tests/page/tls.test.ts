import { X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { selfSign } from "../../runner/database/embedded/certificate.ts";
import { succeeds } from "../../runner/run/installed.ts";
import { block, makePage } from "../support/page.ts";
import { expectExit } from "../support/project.ts";

const placeholder = (query: string) =>
  block("text", `DATABASE_URL="postgresql://[user]:[password]@[host]/[db]${query}"`);
const run = (file: string, code: string, program: string, output: string) =>
  [
    block(`js title="${file}"`, code),
    block("sh", `${program} ${file}`),
    block('text title="Output"', output),
  ].join("\n");

const inUse = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
const withPg = (settings: string) => `import pg from "pg";
const client = new pg.Client(${settings});
await client.connect();
const { rows } = await client.query("${inUse}");
console.log(rows[0].ssl);
await client.end();`;
const withPostgres = (settings: string) => `import postgres from "postgres";
const sql = postgres(process.env.DATABASE_URL, ${settings});
const [row] = await sql.unsafe("${inUse}");
console.log(row.ssl);
await sql.end();`;

test("a certificate is for the loopback address, and trusts itself", () => {
  const { certificate, key } = selfSign();
  const read = new X509Certificate(certificate);
  expect(read.checkIP("127.0.0.1")).toBe("127.0.0.1");
  expect(read.checkHost("localhost")).toBe("localhost");
  expect(read.verify(read.publicKey)).toBe(true);
  expect(read.ca).toBe(true);
  expect(key).toContain("PRIVATE KEY");
  expect(Date.parse(read.validTo)).toBeGreaterThan(Date.now());
});

test("the embedded server takes TLS from the scripts of a page that ask for it", async () => {
  const fromUrl = "{ connectionString: process.env.DATABASE_URL }";
  const own = "{ connectionString: process.env.DATABASE_URL.split('?')[0], ssl: true }";
  const result = await makePage(
    [
      placeholder("?sslmode=require&channel_binding=require"),
      run("url.mjs", withPg(fromUrl), "node", "true"),
      run("own.mjs", withPg(own), "node", "true"),
      run("word.mjs", withPostgres('{ ssl: "require" }'), "node", "true"),
      run("object.mjs", withPostgres("{ ssl: { rejectUnauthorized: true } }"), "node", "true"),
    ].join("\n"),
  ).runWith({});
  expectExit(result, 0);
  expect(result.stdout).toContain("All 4 outputs are verified");
});

test("a page that does not ask for TLS gets none", async () => {
  const code = withPg("{ connectionString: process.env.DATABASE_URL }");
  const result = await makePage(
    [placeholder(""), run("url.mjs", code, "node", "false")].join("\n"),
  ).runWith({});
  expectExit(result, 0);
});

const python = (await succeeds("/usr/bin/python3", ["-c", "import psycopg2, asyncpg"]))
  ? "/usr/bin/python3"
  : undefined;

test.skipIf(!python)(
  `psycopg2 binds the channel, and asyncpg leaves it out${python ? "" : " (missing: python3-psycopg2, python3-asyncpg)"}`,
  async () => {
    const psycopg2 = `import os
import psycopg2
conn = psycopg2.connect(os.environ["DATABASE_URL"])
cur = conn.cursor()
cur.execute("${inUse}")
print(cur.fetchone()[0])
print("binding", "channel_binding=require" in os.environ["DATABASE_URL"])`;
    const asyncpg = `import asyncio, os
import asyncpg
async def main():
    conn = await asyncpg.connect(os.environ["DATABASE_URL"])
    print(await conn.fetchval("${inUse}"))
    print("binding", True)
asyncio.run(main())`;
    const result = await makePage(
      [
        placeholder("?sslmode=require&channel_binding=require"),
        '<CodeTabs labels={["psycopg2", "asyncpg"]}>\n',
        block('python title="app.py"', psycopg2),
        block('python title="app.py"', asyncpg),
        "</CodeTabs>\n",
        block("sh", "python app.py"),
        block('text title="Output"', "True\nbinding True"),
      ].join("\n"),
    ).runWith({});
    expectExit(result, 0);
    expect(result.stdout).toContain("channel_binding=require is left out: asyncpg");
  },
);

test.each([
  ["neon-http", ""],
  ["neon-serverless", "await db.$client.end();"],
])("Drizzle's %s is led there, too", async (name, end) => {
  const code = `import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/${name}";
const db = drizzle(process.env.DATABASE_URL);
console.log((await db.execute(sql\`SELECT 1 AS n\`)).rows);
${end}`;
  const page = makePage([placeholder(""), run("app.mjs", code, "node", "[ { n: 1 } ]")].join("\n"));
  expectExit(await page.runWith({}), 0);
});

test("Neon's driver is answered over HTTP and over WebSockets", async () => {
  const http = `import { neon } from "@neondatabase/serverless";
const sql = neon(process.env.DATABASE_URL);
await sql\`CREATE TABLE cats (id int, name text, born date)\`;
await sql.transaction([
  sql\`INSERT INTO cats VALUES (1, \${"Tom"}, '2020-01-02')\`,
  sql\`INSERT INTO cats VALUES (2, \${null}, NULL)\`,
]);
console.log(await sql\`SELECT id, name FROM cats ORDER BY id\`);
console.log(await sql.query("SELECT count(*)::int AS n FROM cats WHERE id > $1", [1]));
try {
  await sql\`SELECT nothing\`;
} catch (error) {
  console.log(error.code, error.message);
}`;
  const socket = `const { Pool } = require("@neondatabase/serverless");
const pool = new Pool({ connectionString: process.env.DATABASE_URL });
pool.query("SELECT name FROM cats WHERE id = $1", [1]).then(({ rows }) => {
  console.log(rows);
  return pool.end();
});`;
  const page = makePage(
    [
      placeholder("?sslmode=require"),
      run(
        "http.mjs",
        http,
        "node",
        [
          "[ { id: 1, name: 'Tom' }, { id: 2, name: null } ]",
          "[ { n: 1 } ]",
          '42703 column "nothing" does not exist',
        ].join("\n"),
      ),
      run("socket.cjs", socket, "node", "[ { name: 'Tom' } ]"),
    ].join("\n"),
  );
  expectExit(await page.run(), 0);
  expectExit(await page.runWith({}), 0);
});

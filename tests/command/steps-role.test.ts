import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { expect, inject, onTestFinished, test } from "vitest";
import type { Database } from "../../drivers/driver.ts";
import { splitUri, withDatabase } from "../../runner/connection/connection-uri.ts";
import { expectExit, expectReport } from "../support/command.ts";
import { makeRole, openDatabase } from "../support/database.ts";
import { root } from "../support/programs.ts";
import { sharedProject } from "../support/project.ts";
import { fewRuns, makeShellGuide, otherGuide } from "../support/shell-guide.ts";

/** Those whom the server lets make a role for the steps. */
const readers: readonly [string, () => Promise<string>][] = [
  ["a superuser", async () => inject("superuserUrl")],
  ["a role with CREATEDB and CREATEROLE", () => makeRole("CREATEDB CREATEROLE")],
];

/** What the reader has on the server: a role, and a database with a table. */
async function makeBelongings(url: string) {
  const random = randomBytes(4).toString("hex");
  const [shop, reporter] = [`shop_${random}`, `reporter_${random}`];
  const db = await openDatabase(url);
  await db.query(`CREATE ROLE ${reporter} LOGIN PASSWORD 'before'`);
  await db.query(`CREATE DATABASE ${shop} TEMPLATE template0 STRATEGY file_copy`);
  const inShop = await openDatabase(withDatabase(url, shop));
  await inShop.query("CREATE TABLE orders AS SELECT 1 AS id");
  const superuser = await openDatabase(inject("superuserUrl"));
  onTestFinished(async () => {
    await superuser.query(`DROP DATABASE IF EXISTS ${shop} WITH (FORCE)`);
    await superuser.query(`DROP ROLE IF EXISTS ${reporter}`);
  });
  const state = async () => {
    const { rows } = await superuser.query(
      `SELECT rolpassword, (SELECT count(*)::text FROM pg_database WHERE datname = $2) AS shops,
         (SELECT string_agg(setting, ',') FROM pg_file_settings WHERE name = 'vacuum_cost_page_dirty') AS setting
       FROM pg_authid WHERE rolname = $1`,
      [reporter, shop],
    );
    return { rows, orders: (await inShop.query("SELECT id FROM orders")).rows };
  };
  return { shop, reporter, state };
}

async function stepsRoles(db: Database): Promise<string[]> {
  const { rows } = await db.query<{ name: string }>(
    "SELECT rolname AS name FROM pg_roles WHERE rolname LIKE 'guide\\_scratch\\_role\\_%'",
  );
  return rows.map(({ name }) => name);
}

/** A guide of one step, which prints "done" at its end. */
function guideOf(body: string) {
  return otherGuide({
    "steps/guide.json": JSON.stringify({ title: "A guide", runs: ["01-a"], drivers: ["pg"] }),
    "steps/01-a.ts": `/*\n# A step\n*/\nimport pg from "pg";\nimport { step } from "neon-typescript-guide/step";\nvoid pg;\nawait step(async (db) => {\n${body}\nconsole.log("done");\n});\n`,
    "expected/01-a.txt": "done\n",
  });
}

const inSql = (statement: string) => `await db.query(${JSON.stringify(statement)});`;
/** SQL whose words are not to be found in the step. */
const disguised = (statement: string) =>
  inSql(
    `DO $$ BEGIN EXECUTE convert_from(decode('${Buffer.from(statement).toString("base64")}', 'base64'), 'UTF8'); END $$`,
  );
const elsewhere = (shop: string, statement: string) => `
  const url = new URL(process.env.DATABASE_URL ?? "");
  url.pathname = ["", "${shop.slice(0, 4)}".concat("${shop.slice(4)}")].join("/");
  const client = new pg.Client(url.href);
  await client.connect();
  await client.query(${JSON.stringify(statement)}).finally(() => client.end());`;

const attacks: Record<string, (shop: string, reporter: string) => string> = {
  "DROP ROLE": (_, reporter) => inSql(`DROP ROLE ${reporter}`),
  "DROP ROLE of several": (_, reporter) =>
    disguised(`DROP ROLE IF EXISTS nobody_here, ${reporter}`),
  "DROP GROUP": (_, reporter) => inSql(`DROP GROUP ${reporter}`),
  "ALTER ROLE": (_, reporter) => disguised(`ALTER ROLE ${reporter} PASSWORD 'after'`),
  "ALTER SYSTEM": () => inSql("ALTER SYSTEM SET vacuum_cost_page_dirty = 21"),
  "ALTER SYSTEM RESET": () => inSql("ALTER SYSTEM RESET ALL"),
  "DROP DATABASE": (shop) => inSql(`DROP DATABASE ${shop}`),
  "ALTER DATABASE": (shop) => disguised(`ALTER DATABASE ${shop} RENAME TO ${shop}_x`),
  "a table of another database": (shop) => elsewhere(shop, "DELETE FROM orders"),
};

test.each(readers)(
  "what is on the server of %s is refused to the steps by the server",
  async (_, makeReader) => {
    const url = await makeReader();
    const { shop, reporter, state } = await makeBelongings(url);
    const before = await state();
    for (const [name, attack] of Object.entries(attacks)) {
      const result = await guideOf(attack(shop, reporter)).guide([], { DATABASE_URL: url });
      expectExit(result, 1);
      expect(result.stdout, name).toMatch(/permission denied|must be owner/);
    }
    expect(await state()).toEqual(before);
    expect(await stepsRoles(await openDatabase(url))).toEqual([]);
  },
);

/** A line of a shell script that sends a statement to another database of the server. */
const inShell = (database: string, statement: string) =>
  `"${process.execPath}" -e '
    const { Client } = require("${join(root, "node_modules/pg")}");
    const url = Object.assign(new URL(process.env.DATABASE_URL), { ["path" + "name"]: "/${database}" });
    const client = new Client(url.href);
    client.connect().then(() => client.query("${statement}")).finally(() => client.end());'`;

test.each([
  ["another database's rows", (shop: string) => inShell(shop, "DELETE FROM orders")],
  ["another database's table", (shop: string) => inShell(shop, "DR" + "OP TABLE orders")],
  ["another database", (shop: string) => inShell("postgres", `DR" + "OP DATABASE ${shop}`)],
])("nor can a step lose %s", async (_, scriptFor) => {
  const url = await makeRole("CREATEDB CREATEROLE");
  const { shop, state } = await makeBelongings(url);
  const before = await state();
  const guide = makeShellGuide(fewRuns);
  guide.write("steps/02-read.sh", `${scriptFor(shop)}\n`);
  const result = await guide.guide(["--driver", "pg"], { DATABASE_URL: url });
  await expectReport(result, 1, /permission denied|must be owner/);
  expect(await state()).toEqual(before);
});

test.each(readers)("the guide is verified for %s", async (_, makeReader) => {
  const DATABASE_URL = await makeReader();
  const result = await sharedProject().guide(["--effects"], { DATABASE_URL });
  await expectReport(result, 0, "All 6 outputs are verified with 2 clients");
  // A superuser's run sees what other tests make on this server meanwhile.
  expect(result.stderr).not.toContain("guide_scratch_");
  expect(await stepsRoles(await openDatabase(DATABASE_URL))).toEqual([]);
});

test("a step knows nothing of the reader's password, and its own is hidden", async () => {
  const url = new URL(await makeRole("CREATEDB CREATEROLE"));
  url.searchParams.set("user", url.username);
  url.searchParams.set("password", url.password);
  const guide = makeShellGuide(fewRuns);
  const file = `${guide.directory}/seen`;
  guide.write("steps/02-read.sh", `env > "${file}"; echo "$DATABASE_URL"\n`);
  const result = await guide.guide(["--driver", "pg"], { DATABASE_URL: url.href });
  expectExit(result, 1);
  const seen = guide.read("seen");
  expect(seen).not.toContain("role-secret");
  expect(seen).not.toContain(url.username);
  const own = splitUri(/DATABASE_URL=(.*)/.exec(seen)?.[1] ?? "");
  expect(own.user).toMatch(/^guide_scratch_role_/);
  expect(result.stdout).not.toContain(own.password);
  expect(result.stdout).toContain("••••");
});

const role = "{ rows: [row] } = await db.query(`SELECT current_user AS name`)";

test.each([
  ["the role may not make roles", () => makeRole("CREATEDB"), ""],
  ["a step takes another role", () => makeRole("CREATEDB CREATEROLE"), "// SET ROLE x;"],
  [
    "an extension is only for a superuser",
    async () => inject("superuserUrl"),
    "CREATE EXTENSION IF NOT EXISTS pageinspect",
  ],
])("where %s, the steps run as the reader", async (_, makeReader, text) => {
  const url = await makeReader();
  const sql = text.startsWith("CREATE") ? inSql(text) : text;
  const guide = guideOf(`${sql}\nconst ${role}; console.log(row?.name);`);
  guide.write("expected/01-a.txt", `${splitUri(url).user}\ndone\n`);
  await expectReport(
    guide.guide([], { DATABASE_URL: url }),
    0,
    "The output is verified with 1 client",
  );
});

test.each(["CREATEDB", "CREATEDB CREATEROLE"] as const)(
  "the settings of a role with %s are not those of the steps",
  async (right) => {
    const url = await makeRole(right);
    const settings = {
      datestyle: ["German", "ISO, MDY"],
      intervalstyle: ["sql_standard", "postgres"],
      timezone: ["'Asia/Tokyo'", "UTC"],
      search_path: ["nowhere", '"$user", public'],
    };
    const names = Object.keys(settings);
    const db = await openDatabase(url);
    for (const [name, [own]] of Object.entries(settings)) {
      await db.query(`ALTER ROLE CURRENT_USER SET ${name} TO ${own}`);
    }
    const shown = names.map((name) => `current_setting('${name}') AS ${name}`);
    const guide = guideOf(
      `const { rows } = await db.query(\`SELECT ${shown.join(", ")}\`);
      console.log(Object.values(rows[0] ?? {}).join("\\n"));`,
    );
    const expected = Object.values(settings).map(([, one]) => one);
    guide.write("expected/01-a.txt", `${expected.join("\n")}\ndone\n`);
    const result = guide.guide([], { DATABASE_URL: url });
    await expectReport(result, 0, "The output is verified with 1 client");
  },
);

test.each([
  ["CREATEDB", "they run in your role, which may not make one for them: that needs CREATEROLE"],
  ["CREATEDB CREATEROLE", "they run in a role of their own, if the server lets it log in"],
] as const)("doctor says which role the steps of a role with %s run in", async (right, says) => {
  const result = await sharedProject().guide(["doctor"], { DATABASE_URL: await makeRole(right) });
  await expectReport(result, 0, says);
});

test("an extension that may be trusted is created by the steps' own role", async () => {
  const guide = guideOf(
    `${inSql("CREATE EXTENSION hstore")}\nconst ${role}; console.log(row?.name);`,
  );
  guide.write("expected/01-a.txt", "guide_scratch_role_[..]\ndone\n");
  const DATABASE_URL = await makeRole("CREATEDB CREATEROLE");
  await expectReport(guide.guide([], { DATABASE_URL }), 0, "The output is verified with 1 client");
});

test("where the role cannot log in, the steps run as the reader", async () => {
  const url = new URL(await makeRole("CREATEDB CREATEROLE"));
  const user = url.username;
  // Only the reader may set the role, as only the reader is known to some poolers.
  const db = await openDatabase(inject("superuserUrl"));
  url.searchParams.set("options", `-crole=${user}`);
  const guide = guideOf(`const ${role}; console.log(row?.name);`);
  guide.write("expected/01-a.txt", `${user}\ndone\n`);
  await expectReport(
    guide.guide([], { DATABASE_URL: url.href }),
    0,
    "The output is verified with 1 client",
  );
  expect(await stepsRoles(db)).toEqual([]);
});

test("a database that is closed to others does not keep the steps from their own role", async () => {
  const url = await makeRole("CREATEDB CREATEROLE");
  const { shop } = await makeBelongings(url);
  const db = await openDatabase(url);
  await db.query(`REVOKE CONNECT ON DATABASE ${shop} FROM PUBLIC`);
  const guide = guideOf(`const ${role}; console.log(row?.name);`);
  guide.write("expected/01-a.txt", "guide_scratch_role_[..]\ndone\n");
  const DATABASE_URL = withDatabase(url, shop);
  await expectReport(guide.guide([], { DATABASE_URL }), 0, "The output is verified");
});

test("what the role owns goes with it, and what it made elsewhere is named", async () => {
  const url = await makeRole("CREATEDB CREATEROLE");
  const { shop } = await makeBelongings(url);
  const db = await openDatabase(url);
  const left = `left_${shop}`;
  const first = guideOf(
    disguised("SELECT 1").replace("db.query", "void db.query") +
      `await db.query("CREATE " + "DATABASE ${left}");`,
  );
  const ended = await first.guide([], { DATABASE_URL: url });
  await expectReport(ended, 0, "The output is verified with 1 client");
  expect(ended.stderr).toBe("");
  const { rows } = await db.query("SELECT FROM pg_database WHERE datname = $1", [left]);
  expect(rows).toEqual([]);

  const second = guideOf(elsewhere(shop, "SELECT lo_create(0)"));
  const named = await second.guide([], { DATABASE_URL: url });
  expectExit(named, 3);
  const [name = ""] = await stepsRoles(db);
  expect(named.stderr).toContain(
    `Not removed: the role ${name}, in which the steps ran. They have made something in the database ${shop}. Drop it there, and then the role: DROP OWNED BY ${name}; DROP ROLE ${name}.`,
  );
  const inShop = await openDatabase(withDatabase(url, shop));
  await inShop.query(`DROP OWNED BY ${name}; DROP ROLE ${name}`);
});

test("databases and roles that steps make are dropped with their role, and no others", async () => {
  const url = await makeRole("CREATEDB CREATEROLE");
  const { shop, reporter, state } = await makeBelongings(url);
  const before = await state();
  const made = shop.replace("shop", "clerk");
  const makes = [
    `CREATE ROLE ${made} LOGIN`,
    `CREATE DATABASE ${made} OWNER ${made}`,
    `CREATE TABLE t (id int)`,
    `GRANT SELECT ON t TO ${made}`,
  ];
  const guide = guideOf(makes.map(inSql).join("\n"));
  const ended = await guide.guide([], { DATABASE_URL: url });
  await expectReport(ended, 0, "The output is verified with 1 client");
  expect(ended.stderr).toBe("");
  const attack = guideOf(
    [...makes, `ALTER ROLE ${reporter} PASSWORD 'after'`].map(inSql).join("\n"),
  );
  await expectReport(attack.guide([], { DATABASE_URL: url }), 1, "42501: permission denied");
  expect(await state()).toEqual(before);
  const db = await openDatabase(url);
  const { rows } = await db.query(
    "SELECT rolname::text FROM pg_roles WHERE rolname = $1 UNION SELECT datname::text FROM pg_database WHERE datname = $1",
    [made],
  );
  expect(rows).toEqual([]);
});

test("after a kill, the next run removes the role, and not that of a run that goes on", async () => {
  const DATABASE_URL = await makeRole("CREATEDB CREATEROLE");
  const db = await openDatabase(DATABASE_URL);
  const guide = makeShellGuide(fewRuns);
  const file = `${guide.directory}/goes-on`;
  const waits = makeShellGuide(fewRuns);
  waits.write("steps/01-create.sh", `touch "${file}"; sleep 60\n`);
  const killed = waits.start(["--driver", "pg"], { DATABASE_URL });
  await expect.poll(() => stepsRoles(db), { timeout: 20_000 }).toHaveLength(1);
  const [first = ""] = await stepsRoles(db);
  const going = waits.start(["--driver", "pg"], { DATABASE_URL });
  await expect.poll(() => stepsRoles(db), { timeout: 20_000 }).toHaveLength(2);
  killed.child.kill("SIGKILL");
  await killed.ended;
  const sessions = async () =>
    (await db.query("SELECT FROM pg_stat_activity WHERE usename = $1", [first])).rows;
  await expect.poll(sessions, { timeout: 20_000 }).toEqual([]);
  expectExit(await guide.guide([], { DATABASE_URL }), 0);
  const left = await stepsRoles(db);
  expect(left).toHaveLength(1);
  expect(left).not.toContain(first);
  going.child.kill("SIGINT");
  await going.ended;
  expect(await stepsRoles(db)).toEqual([]);
});

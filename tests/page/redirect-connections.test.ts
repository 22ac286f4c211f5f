import { expect, test } from "vitest";
import { splitUri } from "../../runner/connection/connection-uri.ts";
import { hardcodedHosts } from "../../runner/run/hardcoded-hosts.ts";
import { hardcodedPlace, redirect } from "../../runner/run/redirect-connections.ts";
import { makeDatabase, openDatabase } from "../support/database.ts";
import { makePage, type Part, pageOf } from "../support/page.ts";
import { expectExit } from "../support/project.ts";

/** Replaces the table in the database to which it connects. */
const program = (connect: string, imports = "") => `${imports}import pg from "pg";
${connect}
await client.connect();
await client.query("DROP TABLE IF EXISTS users");
await client.query("CREATE TABLE users (id serial, name text)");
await client.query("INSERT INTO users (name) VALUES ('Ada')");
console.log((await client.query("SELECT * FROM users")).rows);
await client.end();`;

const index = (connect: string, imports?: string): Part => [
  'js title="index.mjs"',
  program(connect, imports),
];
const runs: readonly Part[] = [
  ["sh", "node index.mjs"],
  ["text", "[ { id: 1, name: 'Ada' } ]"],
];
const readsJson = 'import { readFileSync } from "node:fs";\n';

interface Own {
  readonly url: string;
  readonly host: string;
  readonly port: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** Runs a page next to a database of the reader's. */
async function runNextTo(
  write: (own: Own) => readonly Part[],
  environment: (own: Own) => NodeJS.ProcessEnv = () => ({}),
) {
  const url = await makeDatabase();
  const db = await openDatabase(url);
  await db.query("CREATE TABLE users AS SELECT 100 AS id");
  const { host, port, user, password, database } = splitUri(url);
  const own = { url, host, port, user, password, database };
  const result = await makePage(pageOf(...write(own))).runWith({
    DATABASE_URL: url,
    ...environment(own),
  });
  const { rows } = await db.query("SELECT * FROM users");
  return { ...result, rows };
}

const kept = [{ id: 100 }];

const objectOf = ({ host, port, user, password, database }: Own) =>
  `{ user: "${user}", host: "${host}", database: "${database}", password: '${password}', port: ${port} }`;
const fromVariables = (prefix: string, port = `${prefix}_PORT`) =>
  `const { ${prefix}_HOST, ${prefix}_PORT, ${prefix}_USER, ${prefix}_PASSWORD, ${prefix}_DATABASE } = process.env;
const client = new pg.Client({ host: ${prefix}_HOST, port: ${port}, user: ${prefix}_USER, password: ${prefix}_PASSWORD, database: ${prefix}_DATABASE });`;
const lines = (prefix: string, { host, port, user, password, database }: Own) =>
  [`HOST=${host}`, `PORT=${port}`, `USER=${user}`, `PASSWORD=${password}`, `DATABASE=${database}`]
    .map((line) => `${prefix}_${line}`)
    .join("\n");

const redirected: readonly (readonly [string, (own: Own) => readonly Part[]])[] = [
  [
    "an object in a script",
    (own) => [index(`const client = new pg.Client(${objectOf(own)});`), ...runs],
  ],
  [
    "a connection string in a script",
    ({ url }) => [index(`const client = new pg.Client("${url}");`), ...runs],
  ],
  [
    "constants in a script",
    ({ host, port, user, password, database }) => [
      index(`const DB_HOST = "${host}";
const DB_NAME = "${database}"
const DB_PORT = ${port}
const DB_USER = "${user}"
const DB_PASSWORD = "${password}"
const client = new pg.Client({ host: DB_HOST, database: DB_NAME, port: DB_PORT, user: DB_USER, password: DB_PASSWORD });`),
      ...runs,
    ],
  ],
  [
    "what a script has for variables that are not set",
    ({ host, port, user, password, database }) => [
      index(`const { env } = process;
const client = new pg.Client({
  host: process.env.APP_HOST || "${host}", port: Number(process.env.APP_PORT ?? ${port}),
  user: env.APP_USER ?? "${user}", password: process.env["APP_SECRET"] || "${password}",
  database: process.env.DB_NAME || "${database}",
});`),
      ...runs,
    ],
  ],
  [
    "an object in a file of JSON",
    (own) => [
      ['json title="config.json"', JSON.stringify({ db: { ...own, url: undefined } })],
      index(
        'const client = new pg.Client(JSON.parse(readFileSync("config.json", "utf8")).db);',
        readsJson,
      ),
      ...runs,
    ],
  ],
  [
    "an object without a host in a file of JSON",
    (own) => [
      ['json title="config.json"', JSON.stringify({ ...own, url: undefined, host: undefined })],
      index(
        'const client = new pg.Client(JSON.parse(readFileSync("config.json", "utf8")));',
        readsJson,
      ),
      ...runs,
    ],
  ],
  [
    "a connection string in a file of JSON",
    ({ url }) => [
      ['json title="config.json"', JSON.stringify({ url })],
      index(
        'const client = new pg.Client(JSON.parse(readFileSync("config.json", "utf8")).url);',
        readsJson,
      ),
      ...runs,
    ],
  ],
  [
    "a file with variables that begin with PG_",
    (own) => [
      ['ini title=".env"', lines("PG", own)],
      index(fromVariables("PG")),
      ["sh", "node --env-file=.env index.mjs"],
      ...runs.slice(1),
    ],
  ],
  [
    "variables for a part, and a port in the script",
    (own) => [
      ['ini title=".env"', lines("DB", own).replace(/^DB_PORT.*\n/m, "")],
      index(fromVariables("DB", own.port)),
      ["sh", "node --env-file=.env index.mjs"],
      ...runs.slice(1),
    ],
  ],
  [
    "a connection string in the words of a command",
    ({ url }) => [
      index("const client = new pg.Client(process.argv[2]);"),
      ["sh", `node index.mjs ${url}`],
      ...runs.slice(1),
    ],
  ],
];

test.each(redirected)("the scratch database is in the place of %s", async (_, write) => {
  const result = await runNextTo(write);
  expect(result.rows).toEqual(kept);
  expectExit(result, 0);
  expect(result.stdout).toMatch(/outputs? (?:is|are) verified with 1 client/);
});

test("variables of the reader's shell that a page asks for are those of the scratch database", async () => {
  const result = await runNextTo(
    () => [index(fromVariables("DB", "process.env.DB_PORT")), ...runs],
    ({ host, port, user, password, database }) => ({
      ...{ DB_HOST: host, DB_PORT: port, DB_USER: user },
      ...{ DB_PASSWORD: password, DB_DATABASE: database },
    }),
  );
  expect(result.rows).toEqual(kept);
  expectExit(result, 0);
});

const other: readonly Part[] = [
  ["sql", "SELECT 1 AS one;"],
  ["", " one\n-----\n   1\n(1 row)"],
];

test.each<readonly [string, (own: Own) => string]>([
  [
    "a connection string with variables in it",
    ({ user, password, host, port, database }) =>
      `const [a, b] = ["${user}", "${password}"];\nconst client = new pg.Client(\`postgresql://\${a}:\${b}@${host}:${port}/${database}\`);`,
  ],
  [
    "a connection string that is put together",
    ({ user, password, host, port, database }) =>
      `const [a, b] = ["${user}", "${password}"];\nconst client = new pg.Client("postgresql://" + a + ":" + b + "@${host}:${port}/${database}");`,
  ],
  [
    "an object with the values of variables",
    ({ user, password, host, port, database }) =>
      `const [a, b] = ["${user}", "${password}"];\nconst client = new pg.Client({ host: "${host}", port: ${port}, user: a, password: b, database: "${database}" });`,
  ],
])("a run with %s is not verified", async (_, connect) => {
  const result = await runNextTo((own) => [index(connect(own)), ...runs, ...other]);
  expect(result.rows).toEqual(kept);
  expectExit(result, 0);
  expect(result.stdout).toMatch(/it connects somewhere else \(127\.0\.0\.1:\d+/);
});

test("a program that only has the text of a connection is not changed", async () => {
  const result = await makePage(
    pageOf(
      [
        'js title="index.mjs"',
        'const url = new URL("postgresql://ann@localhost:5432/shop");\nconsole.log(url.host);',
      ],
      ["sh", "node index.mjs"],
      ["text", "localhost:5432"],
    ),
  ).run();
  expectExit(result, 0);
});

test("a web server's place, a mail server's and a person stay", async () => {
  const result = await makePage(
    pageOf(
      [
        'js title="index.mjs"',
        `import pg from "pg";
const host = "0.0.0.0";
const port = 3000;
const user = "Ada";
const mail = { host: "smtp.example.com", port: 587, user: "me" };
console.log(host, port, user, mail, typeof pg);`,
      ],
      ["sh", "node index.mjs"],
      ["text", "0.0.0.0 3000 Ada { host: 'smtp.example.com', port: 587, user: 'me' } object"],
    ),
  ).run();
  expectExit(result, 0);
});

test("a program that prints where it connects is not verified", async () => {
  const result = await runNextTo((own) => [
    [
      'js title="index.mjs"',
      `import pg from "pg";\nconst client = new pg.Client(${objectOf({ ...own, database: "shop" })});
console.log("Connected to", client.database);`,
    ],
    ["sh", "node index.mjs"],
    ["text", "Connected to shop"],
    ...other,
  ]);
  expectExit(result, 0);
  expect(result.stdout).toContain("it shows the database of this run");
});

/** Where a program's host comes from, and what is found of it. */
test.each<[string, string | undefined]>([
  ['config.host = "localhost"; config.port = 54991;', "localhost"],
  ['const DB = { HOST: "127.0.0.1", PORT: 54991 };', "127.0.0.1"],
  ['params["host"] = "localhost"', "localhost"],
  ['HOST, PORT = "localhost", 5433', "localhost"],
  ['p.add_argument("--host", default="localhost")', "localhost"],
  ['"host={}".format("localhost")', "localhost"],
  ['os.environ["PGHOST"] = "::1"', "::1"],
  ['"postgres://" + user + "@localhost:54991/shop"', "localhost"],
  ['subprocess.run(["psql", "-h", "192.168.1.7"])', "192.168.1.7"],
  ['subprocess.run(["psql", "-h", "localhost"])', "localhost"],
  ["execSync(`psql -q -h localhost -p 5433`)", "localhost"],
  ["execSync('psql --host=/var/run/postgresql')", "/var/run/postgresql"],
  ['pg8000.connect(user="me", password="p")', "localhost"],
  ['new Sequelize("shop", "me", "p", { dialect: "postgres" })', "localhost"],
  ['DriverManager("jdbc:postgresql:shop")', "jdbc:postgresql:"],
  ['process.env.DB_HOST ?? "localhost"', undefined],
  ['process.env.SERVER_NAME ?? "localhost"', "localhost"],
  ['app.listen(3000, "localhost", () => console.log("up"))', undefined],
  ['fetch("http://localhost:3000/books")', undefined],
  ['console.log("Listening on localhost")', undefined],
  ['const api = "127.0.0.1:8080";', undefined],
  ['// host: "localhost"', undefined],
])("of %s, the host is %s", (code, found) => {
  const isSet = (name: string) => name.startsWith("DB_");
  expect(hardcodedHosts("index.mjs", code, isSet)[0]).toBe(found);
});

const scratch = {
  DATABASE_URL: "postgresql://own",
  ...{ PGPORT: "1", PGDATABASE: "own", PGUSER: "own", PGPASSWORD: "own" },
};

test.each<[path: string, text: string, redirected: string]>([
  ["a.py", 'DSN = "port=5433 dbname=shop user=me"', 'DSN = "postgresql://own"'],
  ["a.py", "DSN = 'dbname=shop port=5433'", 'DSN = "postgresql://own"'],
  ["a.mjs", "db = { port: 5433, database: 'shop' }", 'db = { port: 1, database: "own" }'],
  ["a.mjs", "db = { port: 54322, database: 'shop' }", 'db = { port: 1, database: "own" }'],
  ["a.toml", 'database = "shop"\nport = 5433', 'database = "own"\nport = 1'],
  [".env", "DB_NAME=shop\nDB_PORT=5433", 'DB_NAME="own"\nDB_PORT=1'],
  [
    "a.json",
    '{ "user": "me", "password": "p", "database": "shop", "port": 54912 }',
    '{ "user": "own", "password": "own", "database": "own", "port": 1 }',
  ],
])("without a host, %s with %j is led to the scratch database", (path, text, redirected) => {
  expect(redirect(path, text, scratch)).toEqual({ text: redirected, place: undefined });
});

test.each<[path: string, text: string, place: string | undefined]>([
  ["a.py", 'dsn = f"port=5433 dbname={name}"', "port=5433"],
  ["a.mjs", "db = { port: 5433, database: name }", "port 5433"],
  ["a.py", 'subprocess.run(["psql", "-p", "5433"])', "port 5433"],
  ["a.mjs", 'execSync("psql", { env: { PGHOST: "/tmp" } })', "/tmp"],
  ["a.py", 'connect("service=" + os.environ.get("PGSERVICE", "shop"))', "PGSERVICE"],
  ["a.mjs", 'connect({ host: process.env.PGHOSTADDR ?? "127.0.0.1" })', "127.0.0.1"],
  ["a.mjs", 'connect({ host: process.env.PGHOST ?? "127.0.0.1" })', undefined],
  ["a.json", '{ "port": 3000, "database": "shop" }', undefined],
  ["a.yml", "environment:\n  POSTGRES_DB: shop\n  POSTGRES_PASSWORD: $PASSWORD", undefined],
])("without a host, %s with %j connects to %s", (path, text, place) => {
  expect(hardcodedPlace(path, text)).toBe(place);
});

test.each<[string, (own: Own) => readonly Part[]]>([
  [
    "in pieces",
    ({ host, port, user, password, database }) => [
      index(
        `const DB = { HOST: "${host}", PORT: ${port} };\nconst client = new pg.Client({ host: DB.HOST, port: DB.PORT, user: "${user}", password: "${password}", database: "${database}" });`,
      ),
      ["sh", "node index.mjs"],
    ],
  ],
  [
    "in the words of its command",
    ({ host, port, user, password, database }) => [
      index(
        "const [host, port, user, password, database] = process.argv.slice(2);\nconst client = new pg.Client({ host, port: Number(port), user, password, database });",
      ),
      ["sh", `node index.mjs ${host} ${port} ${user} ${password} ${database}`],
    ],
  ],
])("a program with a host %s does not run", async (_, write) => {
  const result = await runNextTo((own) => [...write(own), ...runs.slice(1), ...other]);
  expect(result.rows).toEqual(kept);
  expectExit(result, 0);
  expect(result.stdout).toContain("it connects somewhere else (");
});

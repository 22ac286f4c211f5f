import { rmSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { splitUri } from "../../runner/connection/connection-uri.ts";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { textsOfSteps } from "../../runner/guide/step-texts.ts";
import { refuseHardcodedHosts } from "../../runner/run/hardcoded-hosts.ts";
import { succeeds } from "../../runner/run/installed.ts";
import { makeDatabase, openDatabase } from "../support/database.ts";
import { makeGuide } from "../support/guide.ts";
import { otherGuide } from "../support/shell-guide.ts";

/** The code of a step, and whether it connects to a server of the reader's. */
test.each<[string, boolean]>([
  ['new pg.Client({ host: "localhost", user: "me", password: "p", database: "shop" })', true],
  ['new pg.Client({\n  host: "127.0.0.1",\n  port: 5433,\n  database: "shop" })', true],
  ['new pg.Client({ host: "/var/run/postgresql", database: "shop" })', true],
  ['new pg.Client({ host: "::1", database: "shop" })', true],
  ['new pg.Client("postgresql://me:p@localhost/shop")', true],
  ['new pg.Client("postgres://" + user + ":" + password + "@localhost:5432/shop")', true],
  ['new pg.Client({ host: process.env.DB_HOST ?? "localhost", database: "shop" })', true],
  ['new pg.Client(process.env.DATABASE_URL ?? "postgresql://localhost/shop")', false],
  ["new pg.Client(process.env.DATABASE_URL)\n// like postgresql://localhost/shop", false],
  ['new pg.Client("postgresql://me:p@localhost:1/shop")', false],
  ['new pg.Client("postgresql://me:p@nowhere.invalid/shop")', false],
  ['config.host = "localhost"; new pg.Client(config)', true],
  ['new pg.Client({ host: "10.255.255.1", database: "shop" })', false],
  ['fetch("http://localhost:3000/books")', false],
  ['server.listen(0, "127.0.0.1")', false],
])("a step that connects to a place of its own is refused: %j, %s", (code, isRefused) => {
  const look = () =>
    refuseHardcodedHosts(new Map([["/g/01-a.ts", `import pg from "pg";\n${code};\n`]]));
  if (isRefused) expect(look).toThrow("/g/01-a.ts hardcodes a database on this machine");
  else expect(look).not.toThrow();
});

test.each([
  ["01-a.sh", "psql -q -h localhost -U me -d shop <<SQL\nDROP TABLE orders;\nSQL", true],
  ["01-a.sh", "export PGHOST=127.0.0.1\npsql -c 'DROP TABLE orders'", true],
  ["01-a.sh", "psql postgresql://localhost:5433/shop -c 'DROP TABLE orders'", true],
  ["01-a.sh", "psql -c 'SELECT 1'; curl http://localhost:3000", false],
  ["01-a.sh", "psql -hlocalhost -Ume shop", true],
  ["01-a.sh", "psql --host localhost shop", true],
  ["01-a.sh", "H=localhost; psql -h $H", true],
  ["01-a.sh", 'psql "postgresql:///shop?host=localhost&user=me"', true],
  ["01-a.sh", "for h in localhost; do psql -h $h; done", true],
  ["01-a.sh", "psql -h /tmp shop", true],
  ["01-a.sh", "echo 'see https://x # and' && psql -h localhost shop", true],
  ["01-a.sh", "ls steps/*.sh; psql -h localhost shop; ls /tmp/*/", true],
  ["01-a.sh", "psql -c 'SELECT 1' # psql -h localhost", false],
  ["01-a.sh", "sudo -u postgres psql -d shop -c 'DROP TABLE orders'", true],
  ["01-a.sh", "docker exec db psql -U postgres shop", true],
  ["01-a.py", "glob('steps/*.py'); connect('localhost'); glob('steps/*/a.py')", true],
  ["01-a.sh", "psql -h 127.1 shop", true],
  ["01-a.sh", "psql -c 'SELECT 1'; curl localhost:3000 # not localhost", false],
  ["01-a.sh", `DB_HOST=$\{DB_HOST:-localhost}; psql -h "$DB_HOST"`, true],
  ["01-a.sh", `: "$\{DB_HOST:=localhost}"; psql -h "$DB_HOST"`, true],
  ["01-a.sh", `psql -h "$\{PGHOST:-localhost}" -c "SELECT 1"`, false],
  ["01-a.sh", `psql -h "$\{PG_HOST:-localhost}" -c "SELECT 1"`, true],
  ["01-a.sql", "\\connect postgresql://me:p@localhost:6000/shop", true],
  ["01-a.sql", "\\c shop me localhost", true],
  ["01-a.sql", "INSERT INTO machines VALUES ('localhost');", false],
  ["guide.json", '{ "programs": { "sql": ["psql", "-h", "localhost", "-f"] } }', true],
  ["01-a.rb", 'PG.connect("localhost", 5432)', true],
  ["01-a.sh", "psql postgresql://me:p@0.0.0.0:5433/shop", true],
  ["01-a.sh", "psql -U me -h 0.0.0.0 shop", true],
  ["01-a.sh", "psql -q service=shop -c 'DROP TABLE orders'", true],
  ["01-a.sh", "psql 'service=shop' -c 'DROP TABLE orders'", true],
  ["01-a.sh", "export PGSERVICE=shop; ./drop-all", true],
  ["01-a.sh", "pg_dump 'postgresql://?service=shop'", true],
  ["01-a.sh", `psql "service=$\{PGSERVICE:-shop}"`, true],
  ["01-a.sh", `psql "hostaddr=$\{PGHOSTADDR:-127.0.0.1} dbname=shop"`, true],
  ["01-a.rb", 'PG.connect("service=shop").exec("DROP TABLE orders")', true],
  ["01-a.sh", "service=web; psql -c 'SELECT 1'; docker logs $service", false],
  ["01-a.sh", "PGHOST=0.0.0.0 psql shop", true],
  ["01-a.sh", "uvicorn app:app --host 0.0.0.0 & psql -c 'SELECT 1'", false],
  ["01-a.py", 'import pg8000\npg8000.connect(user="me", password="p")', true],
  ["config.json", '{ "host": "localhost", "database": "shop" }', true],
  ["01-a.sh", "psql -p 5433 -U me -d shop -c 'DROP TABLE orders'", true],
  ["01-a.sh", "psql -c 'SELECT 1; SELECT 2' \\\n  --port=5433 shop", true],
  ["01-a.sh", "dropdb -p5433 shop", true],
  ["01-a.sh", "PORT=5433; pg_dump -h $PGHOST -p $PORT shop", true],
  ["01-a.sh", "export PGPORT=5433 PGUSER=me; psql", true],
  ["01-a.sh", 'psql "port=5433 dbname=shop user=me"', true],
  ["01-a.sh", "psql postgresql://me:p@:5433/shop", true],
  ["01-a.sh", 'psql "postgresql:///shop?user=me&port=5433"', true],
  ["01-a.sh", 'psql "postgresql://$PGUSER:$PGPASSWORD@$PGHOST:5433/shop"', true],
  ["01-a.sh", `psql -p "$\{PGPORT:-5432}" -c "SELECT 1"`, false],
  ["01-a.sh", "psql -p $PGPORT; ssh -p 2222 me@nowhere.invalid", false],
  ["01-a.sh", "psql -h nowhere.invalid -p 5432 shop || echo failed", false],
  ["01-a.sh", "PGHOST=nowhere.invalid PGPORT=5432 psql || echo failed", false],
  ["01-a.sh", "psql -p 1 || echo failed", false],
  ["01-a.sh", "PORT=3000 node server.js & psql -c 'SELECT 5433'", false],
  ["01-a.sql", "\\c shop me - 5433", true],
  ["01-a.sql", "\\c 'port=5433 dbname=shop'", true],
  ["01-a.ts", 'execFileSync("psql", ["-d", "shop", "-p", "5433"])', true],
  ["01-a.py", 'DSN = "port=5433 dbname=shop user=me"', true],
  ["01-a.rb", 'PG.connect("dbname=shop port=5433")', true],
  ["guide.json", '{ "programs": { "sql": ["psql", "-p", "5433", "-f"] } }', true],
  ["guide.json", '{ "environment": { "PGPORT": "5433" } }', true],
  ["01-a.sh", 'psql "host=/tmp dbname=shop"', true],
  ["01-a.sh", "PGHOST=/tmp psql", true],
  ["01-a.sh", 'psql "postgresql:///shop?user=me&host=/tmp"', true],
  ["01-a.sh", 'psql "postgresql:///shop?host=%2Ftmp"', true],
  ["01-a.sh", 'psql "postgresql://me@%2Ftmp/shop"', true],
  ["01-a.sh", "psql postgresql:///shop -c 'SELECT 1'", false],
  ["01-a.sql", "\\c shop me /tmp", true],
  ["01-a.sql", "\\c 'host=/tmp dbname=shop'", true],
])("a file %s with %j is refused: %s", (name, text, isRefused) => {
  const texts = [
    ["/g/01-a.ts", 'import pg from "pg";'],
    [`/g/${name}`, text],
  ] as const;
  const look = () => refuseHardcodedHosts(new Map(texts));
  if (isRefused) expect(look).toThrow(`/g/${name} hardcodes a database`);
  else expect(look).not.toThrow();
});

test.each([
  ["01-a.sh", "dbmate --url postgres://me:p@localhost/shop drop", true],
  ["01-a.sh", "export DATABASE_URL=postgresql://localhost/shop; npx prisma migrate reset", true],
  ["01-a.sh", "HOST=localhost node server.js & curl localhost:3000", false],
  ["01-a.sh", "export PGPORT=5433; ./reset", true],
  ["01-a.php", 'new PDO("pgsql:host=localhost;dbname=shop")', true],
  ["01-a.go", 'sql.Open("pgx", "host=localhost dbname=shop")', true],
  ["01-a.pl", 'DBI->connect("dbi:Pg:dbname=shop;host=localhost")', true],
  ["01-a.ts", 'console.log(new URL("postgresql://localhost/shop").host)', false],
  ["01-a.py", 'print(urlparse("postgresql://localhost/shop"))', false],
])(
  "in a guide without psql and drivers, a file %s with %j is refused: %s",
  (name, text, isRefused) => {
    const look = () => refuseHardcodedHosts(new Map([[`/g/${name}`, text]]));
    if (isRefused) expect(look).toThrow(`/g/${name} hardcodes a database`);
    else expect(look).not.toThrow();
  },
);

test("settings in JSON are searched, and they and folders lead to no other file", async () => {
  const { directory, write } = makeGuide({ runs: ["01-a"] }, ["01-a"]);
  write(
    "steps/01-a.ts",
    '/*\n# A\n*/\nimport own from "../settings.json";\nrun("./helper.py", "../..");\n',
  );
  write("settings.json", '{ "host": "localhost", "run": "npm ci" }');
  write("ci.log", "psql -h localhost");
  write("steps/helper.py", "x = ...\n");
  const besides = ["log", "txt"].map((ending) => `${directory}.${ending}`);
  for (const file of besides) writeFileSync(file, "psql -h localhost");
  onTestFinished(() => {
    for (const file of besides) rmSync(file);
  });
  const texts = textsOfSteps(await loadGuide(directory), []);
  expect([...texts.keys()].map((file) => relative(directory, file)).sort()).toEqual([
    "settings.json",
    "steps/01-a.ts",
    "steps/guide.json",
    "steps/helper.py",
  ]);
});

const python = "/usr/bin/python3";
const hasPython = await succeeds(python, ["-c", "import psycopg2"]);
const elsewhere = "is not the server of this run. It may be your own. Connect to DATABASE_URL.";
const drop = "DROP TABLE IF EXISTS orders";
const withPg = (settings: string) => `import { readFile } from "node:fs/promises";
import pg from "pg";
const client = new pg.Client(${settings});
await client.connect();
await client.query("${drop}");
await client.end();
console.log("A");
`;
const withPsycopg2 = `import json, psycopg2
with psycopg2.connect(**json.load(open("/".join(["data", "own"])))) as db:
    db.cursor().execute("${drop}")
print("A")
`;

/** A step that comes to a database of the reader's, made for the connection as JSON, and what is said of it. */
const steps: Readonly<Record<string, readonly [string, (own: string) => string, string]>> = {
  "that names it": ["ts", (own) => withPg(own), "Connect to DATABASE_URL."],
  "that reads it from a file": [
    "ts",
    () => withPg('JSON.parse(await readFile(["data", "own"].join("/"), "utf8"))'),
    elsewhere,
  ],
  ...(hasPython ? { "in Python": ["py", () => withPsycopg2, elsewhere] as const } : {}),
};

test.each(Object.entries(steps))(
  "the reader's own database is left alone by a step %s",
  async (_, [ending, code, said]) => {
    const url = await makeDatabase();
    const db = await openDatabase(url);
    await db.query("CREATE TABLE orders AS SELECT 100 AS n");
    const { host, port, user, password, database } = splitUri(url);
    const own = JSON.stringify({ host, port: Number(port), user, password, database });
    const programs = ending === "py" ? { py: [python] } : {};
    const guide = otherGuide({
      "steps/guide.json": JSON.stringify({ title: "A", runs: ["01-a"], programs }),
      "steps/01-a.md": "# A\n",
      [`steps/01-a.${ending}`]: code(own),
      "expected/01-a.txt": "A\n",
      "data/own": own,
    });
    const result = await guide.guide([], {});
    expect(result.code).not.toBe(0);
    expect(result.stdout + result.stderr).toContain(said);
    expect((await db.query("SELECT * FROM orders")).rows).toEqual([{ n: 100 }]);
  },
);

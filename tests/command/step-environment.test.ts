import { join } from "node:path";
import { expect, test } from "vitest";
import { databaseEnvironment, neutralEnvironment } from "../../runner/run/step-environment.ts";
import { expectExit, expectRefused, expectReport } from "../support/command.ts";
import { given } from "../support/project.ts";
import { otherGuide } from "../support/shell-guide.ts";

/** A guide whose steps come in every kind: a step, a script in TypeScript, a program, a standalone script. */
function makeGuide(manifest: object, files: Readonly<Record<string, string>>) {
  const programs = { sh: ["sh"], sql: ["psql", "-qXtA", "-f"] };
  return otherGuide({
    "steps/guide.json": JSON.stringify({ title: "A guide", programs, ...manifest }),
    ...files,
  });
}

const ask = `const client = new pg.Client();
await client.connect();
const { rows } = await client.query("SELECT current_database() LIKE 'guide_scratch_%' AS is_scratch");
console.log(rows[0].is_scratch);
await client.end();
`;

test("libraries that only know PG* find the scratch database in a step of any kind", async () => {
  const runs = ["01-script", "02-step", "03-shell", "04-library"];
  const scratch = "SELECT current_database() LIKE 'guide_scratch_%'";
  const guide = makeGuide(
    { runs, drivers: ["pg", "postgres"] },
    {
      "steps/01-script.ts": `/*\n# A\n*/\nimport pg from "pg";\n${ask}`,
      "steps/02-step.ts": `/*\n# B\n*/\nimport pg from "pg";\nimport { step } from "neon-typescript-guide/step";\nawait step(async () => {\n${ask}});\n`,
      "steps/03-shell.sh": `psql -qXtA -c "${scratch}" | sed s/t/true/`,
      "steps/03-shell.md": "# C",
      "steps/04-library.ts": `/*\n# D\n*/\nimport postgres from "postgres";\nconst sql = postgres();\nconst [row] = await sql.unsafe("${scratch} AS is_scratch");\nconsole.log(row.is_scratch);\nawait sql.end();\n`,
      ...Object.fromEntries(
        runs.flatMap((name) => [
          [`expected/${name}.txt`, "true\n"],
          [`standalone/mine/${name}.ts`, `import pg from "pg";\n${ask}`],
        ]),
      ),
    },
  );
  await expectReport(
    guide.guide(["--standalone"], { ...given, PGHOST: "127.0.0.1", PGPORT: "9" }),
    0,
    "All 4 outputs are verified with 3 clients",
  );
});

const shown =
  "TZ LANG LC_ALL LC_TIME LANGUAGE DEBUG BASH_ENV ENV PYTHONINSPECT PYTHONSTARTUP DB_HOST";
const node = `console.log("${shown}".split(" ").map((name) => process.env[name] ?? "-").join(" "));
console.log(new Date(Date.UTC(2026, 0, 1)).getHours());
`;
const shell = `echo "\${TZ--} \${LANG--} \${LC_ALL--} \${LC_TIME--} \${LANGUAGE--} \${DEBUG--} \${BASH_ENV--} \${ENV--} \${PYTHONINSPECT--} \${PYTHONSTARTUP--} \${DB_HOST--}"
date -d 2026-01-01T00:00:00Z +%-H
`;

test.runIf(process.platform === "linux").each([
  ["the same on every machine", undefined, "UTC C.UTF-8 - - - - - - - - -\n0\n"],
  [
    "those of guide.json",
    { TZ: "Asia/Tokyo", DEBUG: "mine", LC_ALL: "C", DB_HOST: "h" },
    "Asia/Tokyo C.UTF-8 C - - mine - - - - h\n9\n",
  ],
])("variables are %s", async (_, environment, printed) => {
  const guide = makeGuide(
    { runs: ["01-node", "02-shell"], drivers: ["pg"], environment },
    {
      "steps/01-node.ts": `/*\n# A\n*/\n${node}`,
      "steps/02-shell.sh": shell,
      "steps/02-shell.md": "# B",
      "expected/01-node.txt": printed,
      "expected/02-shell.txt": printed,
      "standalone/sh/01-node.sh": shell,
      "standalone/sh/02-shell.sh": shell,
      "standalone/sh/standalone.json": JSON.stringify({
        ...{ run: ["sh"], check: ["-c", 'test -z "$BASH_ENV"'] },
        ...{ needs: "a shell", install: "-" },
      }),
    },
  );
  await expectReport(
    guide.guide(["--standalone"], {
      ...given,
      TZ: "America/New_York",
      LANG: "de_DE.UTF-8",
      LC_ALL: "de_DE.UTF-8",
      LC_TIME: "de_DE.UTF-8",
      LANGUAGE: "de",
      DEBUG: "*",
      BASH_ENV: "/dev/null",
      ENV: "/dev/null",
      PYTHONINSPECT: "1",
      PYTHONSTARTUP: "/nowhere",
      DB_HOST: "localhost",
    }),
    0,
    "All 2 outputs are verified with 2 clients",
  );
});

test.each([
  ["given", given],
  ["embedded", {}],
])("a table that a setup step in SQL makes is the guide's own: %s server", async (_, server) => {
  const guide = makeGuide(
    { setup: ["01-schema"], runs: ["02-fill", "03-count"] },
    {
      "steps/01-schema.sql": "CREATE TABLE books (id int);",
      "steps/01-schema.md": "# A",
      "steps/02-fill.ts": `/*\n# B\n*/\nimport { step } from "neon-typescript-guide/step";\nawait step(async (db) => {\n  console.log((await db.query("INSERT INTO books VALUES (1), (2)")).count);\n});\n`,
      "steps/03-count.sql": "SELECT count(*) FROM books;",
      "steps/03-count.md": "# C",
      "expected/02-fill.txt": "2\n",
      "expected/03-count.txt": "2\n",
    },
  );
  await expectReport(guide.guide([], server), 0, "All 2 outputs are verified");
});

test("psql without -X does not read the reader's ~/.psqlrc", async () => {
  const guide = makeGuide(
    { runs: ["01-read"], programs: { sql: ["psql", "-q", "-f"] } },
    {
      "steps/01-read.sql": "SELECT 'Dune' AS title, NULL AS author",
      "steps/01-read.md": "# A",
      "expected/01-read.txt": " title | author \n-------+--------\n Dune  | \n(1 row)\n\n",
      "home/.psqlrc": "\\pset null '-'\n\\timing on\n",
    },
  );
  const home = join(guide.directory, "home");
  await expectReport(
    guide.guide([], { ...given, HOME: home }),
    0,
    "The output is verified with 1 client",
  );
});

test("a program runs its steps once, and is the client that verified them", async () => {
  const files = { "steps/01-say.sh": "echo said\n", "steps/01-say.md": "# A" };
  const guide = makeGuide({ runs: ["01-say"] }, files);
  expectExit(await guide.guide(["--update"]), 0);
  const result = await guide.guide();
  await expectReport(result, 0, "clients: sh\n");
  expect(result.stdout).toContain("The output is verified with 1 client");
  await expectRefused(guide.guide(["--driver", "pg"]), 'There is no driver "pg". The clients: sh.');
});

const connect = `import pg from "pg";
const client = new pg.Client(process.env.DATABASE_URL);
await client.connect();
console.log((await client.query("SELECT 1 AS one")).rows);
await client.end();
`;

test("a step that connects by itself runs once, and one with a hidden driver never as if it had none", async () => {
  const step = (code: string) => `/*\n# A\n*/\n${code}`;
  const guide = makeGuide({ runs: ["01-say"] }, { "steps/01-say.ts": step(connect) });
  expectExit(await guide.guide(["--update"]), 0);
  const result = await guide.guide();
  await expectReport(result, 0, "clients: node\n");
  expect(result.stdout).toContain("The output is verified with 1 client");
  await expectRefused(
    guide.guide(["--driver", "pg"]),
    'There is no driver "pg". The clients: node. If the steps use it, name it in "drivers" in steps/guide.json.',
  );

  guide.write("package.json", '{ "type": "module", "imports": { "#db": "./lib/db.ts" } }');
  guide.write("lib/db.ts", 'export { step } from "neon-typescript-guide/step";\n');
  guide.write(
    "steps/01-say.ts",
    step('import { step } from "#db";\nawait step(async () => {});\n'),
  );
  const hidden = await guide.guide();
  await expectReport(hidden, 1, 'There is no driver "node".');
});

test("Go's lib/pq before 1.11 ends at no variable that a step gets", () => {
  const environment = {
    ...neutralEnvironment(),
    ...databaseEnvironment("postgresql://me:p@h/shop"),
  };
  const names =
    /^PG(?:HOSTADDR|SERVICE|SERVICEFILE|REALM|REQUIRESSL|REQUIREPEER|SYSCONFDIR|LOCALEDIR)$/;
  expect(Object.keys(environment)).toContain("PGHOST");
  expect(Object.keys(environment).filter((name) => names.test(name))).toEqual([]);
});

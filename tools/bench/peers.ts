import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type Guide, goldenFile, type Run } from "../../runner/guide/guide.ts";
import { compileSteps } from "../../runner/run/compile-steps.ts";
import { runProcess, runScripts, type Script } from "./process.ts";
import { type Case, NotVerified } from "./series.ts";
import type { BenchServer } from "./server.ts";

/** What a peer is given: the guide, a server, and a directory for what it makes. */
export interface Field {
  readonly guide: Guide;
  readonly server: BenchServer;
  readonly directory: string;
}

type Peer = Omit<Case, "group">;
type Finding = Peer | { readonly leftOut: string };

const libraries = ["psycopg2", "asyncpg"];

/** The same six runs, twice, by other means than this project's runner. */
export async function findPeers(field: Field): Promise<Finding[]> {
  const python = await findPython();
  const missing = {
    leftOut:
      "The Python originals are left out: they need python3 with psycopg2, asyncpg and python-dotenv. On Debian: apt-get install python3-psycopg2 python3-asyncpg python3-dotenv.",
  };
  return [
    floor(field),
    loop(field),
    ...(python ? [originals(field, python)] : [missing]),
    await cram(field, python),
    await notebooks(field),
    pgRegress(field),
  ];
}

/** The compiled steps as plain node processes, in two databases, with nothing around them. */
function floor({ guide, server, directory }: Field): Peer {
  return peer("floor", "floor: the steps alone, in two databases", async () => {
    const programs = await compileSteps(guide.steps, join(directory, "floor"));
    const database = (driver: string, url: string) =>
      script(guide, url, process.execPath, ({ step }) => [
        programs.get(step) ?? "",
        ...["--driver", driver],
      ]);
    return server.withDatabase((one) =>
      server.withDatabase((two) => runScripts([database("pg", one), database("postgres", two)])),
    );
  });
}

/** The loop that one would write without a runner. */
function loop({ guide, server }: Field): Peer {
  return peer("loop", "loop: npx tsx steps/…, 12 times", () =>
    server.withDatabase((url) => {
      const all = guide.drivers.flatMap((driver) =>
        script(guide, url, "npx", ({ step }) => ["tsx", step.file, "--driver", driver]),
      );
      return runScripts([all]);
    }),
  );
}

function originals({ guide, server }: Field, python: string): Peer {
  return peer("originals", "the Python originals, nothing verified", () =>
    server.withDatabase((url) => {
      const all = libraries.flatMap((library) =>
        script(guide, url, python, (run) => [scriptOf(guide, run, library)]),
      );
      return runScripts([all]);
    }),
  );
}

/** https://bitheap.org/cram/: commands and their output in one file, run by a shell and compared. */
async function cram({ guide, server, directory }: Field, python?: string): Promise<Finding> {
  const program = await firstOf(["cram3", "cram"]);
  if (!program || !python) return { leftOut: "cram is left out. On Debian: python3-cram." };
  const file = join(directory, "guide.t");
  const lines = libraries.flatMap((library) =>
    guide.runs.flatMap((run) => [
      `$ ${python} ${scriptOf(guide, run, library)}`,
      ...expectedOf(guide, run).replace(/\n$/, "").split("\n"),
    ]),
  );
  writeFileSync(file, lines.map((line) => `  ${line}\n`).join(""));
  return peer("cram", "cram, the originals", () =>
    server.withDatabase((url) => succeed(program, [file], { DATABASE_URL: url })),
  );
}

/** Jupyter executes both of the originals as notebooks; it compares nothing, so that is done here. */
async function notebooks({ guide, server, directory: parent }: Field): Promise<Finding> {
  const program = await firstOf(["jupyter-nbconvert"]);
  if (!program) {
    return { leftOut: "nbconvert is left out. On Debian: jupyter-nbconvert python3-ipykernel." };
  }
  const directory = join(parent, "notebooks");
  mkdirSync(directory);
  for (const library of libraries) {
    const cells = guide.runs.map((run) => {
      const code = readFileSync(scriptOf(guide, run, library), "utf8");
      const source = code.replace("asyncio.run(main())", "await main()"); // a loop runs already
      return { cell_type: "code", metadata: {}, outputs: [], execution_count: null, source };
    });
    const metadata = {
      kernelspec: { name: "python3", display_name: "Python", language: "python" },
    };
    const notebook = { cells, metadata, nbformat: 4, nbformat_minor: 4 };
    writeFileSync(join(directory, `${library}.ipynb`), JSON.stringify(notebook));
  }
  const choices = ["--execute", "--to", "markdown", "--stdout"];
  return peer("nbconvert", "jupyter nbconvert --execute, both notebooks", () =>
    server.withDatabase(async (DATABASE_URL) => {
      let wall = 0;
      for (const library of libraries) {
        const words = [...choices, join(directory, `${library}.ipynb`)];
        const ended = await runProcess({ program, choices: words, environment: { DATABASE_URL } });
        const outputs = ended.stdout.split(/```python[\s\S]*?```/).slice(1);
        const shown = outputs.map((text) => text.replace(/^ {4}/gm, "").trim());
        const due = guide.runs.map((run) => expectedOf(guide, run).trim());
        if (JSON.stringify(shown) !== JSON.stringify(due)) {
          throw new NotVerified("A notebook printed something else.", ended.stderr);
        }
        wall += ended.wall;
      }
      return wall;
    }),
  );
}

/** PostgreSQL's own: the same statements by psql, each run compared with its golden file. For scale. */
function pgRegress({ guide, server, directory: parent }: Field): Finding {
  const program = findPgRegress();
  if (!program) return { leftOut: "pg_regress is left out. On Debian: postgresql-server-dev-all." };
  const directory = join(parent, "regress");
  for (const name of ["sql", "expected"]) mkdirSync(join(directory, name), { recursive: true });
  const names = guide.runs.map(({ step }, index) => {
    const name = `${index}-${step.name}`;
    writeFileSync(join(directory, "sql", `${name}.sql`), statements[step.name] ?? "");
    writeFileSync(join(directory, "expected", `${name}.out`), "");
    return name;
  });
  return peer("pg_regress", "pg_regress, the statements by psql, twice", () =>
    server.withDatabase(async (url) => {
      const { hostname, port, username, password, pathname } = new URL(url);
      const choices = [
        ...[`--host=${hostname}`, `--port=${port}`, `--user=${username}`, "--use-existing"],
        ...[`--dbname=${pathname.slice(1)}`, `--inputdir=${directory}`, `--outputdir=${directory}`],
        ...[`--bindir=${program.psqlDirectory}`, ...names],
      ];
      const results = join(directory, "results");
      if (!existsSync(results)) {
        // What psql prints is its own: the first run, which is not measured, makes the golden files.
        await runProcess({ program: program.file, choices, environment: { PGPASSWORD: password } });
        for (const file of readdirSync(results)) {
          writeFileSync(join(directory, "expected", file), readFileSync(join(results, file)));
        }
      }
      const environment = { PGPASSWORD: password };
      const once = await succeed(program.file, choices, environment);
      return once + (await succeed(program.file, choices, environment));
    }),
  );
}

const statements: Readonly<Record<string, string>> = {
  // The first of the runs in a database would say that there is no table to drop.
  "01-create": `SET client_min_messages = warning;
DROP TABLE IF EXISTS books;
CREATE TABLE books (id SERIAL PRIMARY KEY, title VARCHAR(255) NOT NULL, author VARCHAR(255),
  publication_year INT, in_stock BOOLEAN DEFAULT TRUE);
INSERT INTO books (title, author, publication_year) VALUES ('The Catcher in the Rye', 'J.D. Salinger', 1951);
INSERT INTO books (title, author, publication_year, in_stock) VALUES ('The Hobbit', 'J.R.R. Tolkien', 1937, true),
  ('1984', 'George Orwell', 1949, true), ('Dune', 'Frank Herbert', 1965, false);
`,
  "02-read": "SELECT * FROM books ORDER BY publication_year;\n",
  "03-update": "UPDATE books SET in_stock = true WHERE title = 'Dune';\n",
  "04-delete": "DELETE FROM books WHERE title = '1984';\n",
};

function findPgRegress(): { file: string; psqlDirectory: string } | undefined {
  const parent = "/usr/lib/postgresql";
  for (const version of existsSync(parent) ? readdirSync(parent) : []) {
    const file = join(parent, version, "lib/pgxs/src/test/regress/pg_regress");
    if (existsSync(file)) return { file, psqlDirectory: join(parent, version, "bin") };
  }
  return undefined;
}

/** A Python that has all that the originals import. */
async function findPython(): Promise<string | undefined> {
  const probe = "import sys, asyncpg, dotenv, psycopg2; print(sys.executable)";
  for (const program of [process.env.PYTHON ?? "python3", "/usr/bin/python3", "python"]) {
    const answer = await runProcess({ program, choices: ["-c", probe] }).catch(() => undefined);
    if (answer?.code === 0) return answer.stdout.trim();
  }
  return undefined;
}

async function firstOf(programs: readonly string[]): Promise<string | undefined> {
  for (const program of programs) {
    const answer = await runProcess({ program, choices: ["--version"] }).catch(() => undefined);
    if (answer?.code === 0) return program;
  }
  return undefined;
}

async function succeed(program: string, choices: string[], environment: NodeJS.ProcessEnv) {
  const { code, stdout, stderr, wall } = await runProcess({ program, choices, environment });
  if (code !== 0)
    throw new NotVerified(`${basename(program)} exited with ${code}.`, stdout + stderr);
  return wall;
}

function peer(name: string, label: string, run: () => Promise<number>): Peer {
  return { name, label, run: async () => ({ wall: await run() }) };
}

/** One program for each run of the guide, in their order. */
function script(
  guide: Guide,
  DATABASE_URL: string,
  program: string,
  choices: (run: Run) => string[],
): Script[] {
  return guide.runs.map((run) => ({
    name: `${run.name} with ${basename(program)}`,
    expected: expectedOf(guide, run),
    program,
    choices: choices(run),
    environment: { DATABASE_URL },
  }));
}

function scriptOf(guide: Guide, { step }: Run, library: string): string {
  return join(guide.directory, "standalone", library, `${step.name}.py`);
}

function expectedOf(guide: Guide, run: Run): string {
  return readFileSync(join(guide.directory, goldenFile(run)), "utf8").replaceAll("\r\n", "\n");
}

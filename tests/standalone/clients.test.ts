import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { withoutRegions } from "../../runner/guide/step-source.ts";
import { expectRefused, expectReport } from "../support/command.ts";
import { copyProject, expectExit, given } from "../support/project.ts";

const root = join(import.meta.dirname, "../..");

function copyWithScripts() {
  const project = copyProject();
  cpSync(join(root, "standalone"), join(project.directory, "standalone"), { recursive: true });
  return project;
}

/** Takes away what runs the Python scripts, wherever the test runs. */
function withoutPython(project: ReturnType<typeof copyWithScripts>): void {
  for (const name of ["psycopg2", "asyncpg"]) {
    const file = `standalone/${name}/standalone.json`;
    project.edit(
      file,
      '["venv/bin/python", "python3", "/usr/bin/python3", "python"]',
      '["no-such-python"]',
    );
  }
}

/** An .env file that would change where a script works, and how. */
const hostile =
  'DATABASE_URL="postgresql://nobody:x@127.0.0.1:1/none"\nPGOPTIONS="-c nonsense=1"\n';

test("every folder is verified beside the drivers, whatever .env says; what cannot run is named", async () => {
  const project = copyWithScripts();
  withoutPython(project);
  for (const place of ["", "standalone/", "standalone/pg/", "standalone/psycopg2/"]) {
    project.write(`${place}.env`, hostile);
  }
  const reports = ["terminal", "github", "json=a.json", "junit=a.xml", "tap=a.tap"];
  const choices = reports.flatMap((one) => [
    "--reporter",
    one.replace("=", `=${project.directory}/`),
  ]);
  const verified = await project.guide(["--standalone", ...choices], given);
  expectExit(verified, 0);
  const { stdout, stderr } = verified;
  expect(stderr).toBe("");
  expect(stdout).toContain(
    "clients: pg, postgres, standalone/drizzle, standalone/pg, standalone/pg.callbacks, standalone/postgres, standalone/serverless\n",
  );
  expect(stdout).toContain("All 6 outputs are verified with 7 clients");

  const missing =
    "standalone/psycopg2 cannot run here: it needs Python with psycopg2 and python-dotenv. Install it: pip install -r standalone/psycopg2/requirements.txt";
  expect(stdout).toContain(`\n${missing}`);
  expect(stdout).toContain(`::warning title=standalone/psycopg2::${missing}`);
  expect(project.read("a.tap")).toContain(`# ${missing}`);
  expect(project.read("a.xml")).toContain(`<skipped message="${missing}`);
  const report = JSON.parse(project.read("a.json"));
  expect(report.unavailable).toMatchObject([
    { client: "standalone/asyncpg" },
    { client: "standalone/psycopg2", needs: "Python with psycopg2 and python-dotenv" },
  ]);
  expect(report.summary).toMatchObject({ verified: true, clients: 7 });
});

test("--require-clients makes a client that cannot run an error, and runs nothing", async () => {
  const project = copyWithScripts();
  withoutPython(project);
  const report = `junit=${project.directory}/a.xml`;
  const choices = ["--standalone", "--require-clients", "--reporter", report];
  const refused = await project.guide(choices, given);
  expectExit(refused, 2);
  for (const name of ["asyncpg", "psycopg2"]) {
    const missing = `standalone/${name} cannot run here: it needs Python with `;
    expect(refused.stderr).toContain(missing);
    expect(project.read("a.xml")).toContain(missing);
  }
  const alone = await project.guide(["--require-clients"], given);
  expectExit(alone, 2);
  expect(alone.stderr).toContain("--require-clients needs --standalone, or a page.");
});

test("in the reader's own database nothing is dropped", async () => {
  const { guide } = copyWithScripts();
  const refused = await guide(["--driver", "standalone/pg", "--in-place"], given);
  await expectRefused(refused, "Pages and standalone scripts only run in scratch databases.");
  expect(refused.stdout).toBe("");
});

test("a script that prints something else is a divergence", async () => {
  const project = copyWithScripts();
  project.edit("standalone/pg/02-read.ts", "Book Library", "Books");
  const choices = ["--driver", "postgres", "--driver", "standalone/pg", "--bail"];
  const result = await project.guide(choices, given);
  await expectReport(result, 1, /✗ 02-read +divergence/);
  expect(result.stdout).toContain("+--- Books ---");
});

test("a client in another language is a folder and a file", async () => {
  const project = copyProject();
  const guide = join(project.directory, "examples/counter");
  cpSync(join(root, "examples/counter"), guide, { recursive: true });
  const file = "examples/counter/standalone/sh/standalone.json";
  const example = readFileSync(join(root, "examples/counter/README.md"), "utf8");
  expect(example).toContain(`<!-- file: ${file} -->\n\`\`\`json\n${project.read(file)}\`\`\``);

  // Not every machine has psql: these scripts print, and use no database.
  project.edit(file, "command -v psql", "true");
  for (const step of ["01-create", "02-visit", "03-show"]) {
    const golden = join(guide, `expected/${step}.txt`);
    project.write(
      `examples/counter/standalone/sh/${step}.sh`,
      `test "$DATABASE_URL" && cat '${golden}'\n`,
    );
  }
  // Each variant is a client of its own: as many as make Node.js suspect a leak of listeners.
  for (const variant of "abcdefghijkl") {
    const script = project.read("examples/counter/standalone/sh/02-visit.sh");
    project.write(`examples/counter/standalone/sh/02-visit.${variant}.sh`, script);
  }
  const all = await project.command(["--guide", guide, "--standalone", "--driver", "pg"], given);
  expectExit(all, 0);
  expect(all.stderr).toBe("");
  expect(all.stdout).toContain("All 3 outputs are verified with 14 clients");
  const one = await project.guide(["--guide", guide, "--driver", "standalone/sh"], given);
  expectExit(one, 0);
  expect(one.stdout).toContain("All 3 outputs are verified with 1 client");
});

test("new project copies a folder, and replaces nothing", async () => {
  const project = copyWithScripts();
  const own = [".env", ".env.local", ".env.production.local", ".venv/pyvenv.cfg"];
  for (const file of own) project.write(`standalone/drizzle/${file}`, "DATABASE_URL=secret");
  const place = join(project.directory, "exercises/my app");
  const choices = ["new", "project", place, "--driver", "drizzle"];
  const made = await project.guide(choices);
  expectExit(made, 0);
  expect(made.stderr).toBe("");
  expect(made.stdout).toMatch(/\n {2}cd (['"]).*my app\1\n {2}npm install\n/);
  for (const file of ["01-create.ts", "schema.ts", "package.json", ".env.example", ".gitignore"]) {
    expect(project.read(`exercises/my app/${file}`)).toBe(
      withoutRegions(project.read(`standalone/drizzle/${file}`), file),
    );
  }
  expect(project.read("exercises/my app/01-create.ts")).not.toContain("region");
  for (const file of own) expect(() => project.read(`exercises/my app/${file}`)).toThrow("ENOENT");

  const again = await project.guide(choices);
  expect(again.stderr).toContain(
    "my app is not empty. Choose another directory: nothing is replaced.",
  );
  expectExit(again, 2);

  const file = join(place, "package.json");
  const below = await project.guide(["new", "project", file, "--driver", "drizzle"]);
  expect(below.stderr).toMatch(/^.*package\.json cannot be written\. E[A-Z]+: .*\n$/);
  expectExit(below, 2);
});

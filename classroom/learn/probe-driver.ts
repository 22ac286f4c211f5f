import { execFile } from "node:child_process";
import { basename, extname, join } from "node:path";
import type { Database } from "../../drivers/driver.ts";
import { withDatabase } from "../../runner/connection/connection-uri.ts";
import { connected } from "../../runner/database/connected.ts";
import { scratchName } from "../../runner/database/scratch.ts";
import { compileSteps } from "../../runner/run/compile-steps.ts";
import { databaseEnvironment, neutralEnvironment } from "../../runner/run/step-environment.ts";

const LIMIT_MS = 10_000;

/**
 * Find out whether a driver says what goes wrong: with a database that does not exist, a step must not begin its
 * work, and without the guide's tables, a step that reads one must end with PostgreSQL's error.
 * @param programs what runs each step with the driver, for node: the first makes the tables
 * @param url of the driver's own database. Its tables are dropped
 * @returns what is wrong, in a sentence or two; undefined if nothing is
 */
export async function probeDriver(
  [first, ...later]: readonly (readonly string[])[],
  url: string,
): Promise<string | undefined> {
  if (!first) return undefined;
  const nowhere = await run(first, withDatabase(url, scratchName("none")));
  if (nowhere.stdout !== "") {
    return "Your connect does not wait: with a database that does not exist, the step began its work. Resolve the promise when the server has answered, and reject it with the error.";
  }
  if (nowhere.isLate) {
    return `Your connect does not say that it failed: with a database that does not exist, the step had not ended after ${LIMIT_MS / 1000} s. Reject the promise with the error, and close the connection.`;
  }
  if (later.length === 0 || !(await connected(url, dropTables))) return undefined;
  for (const words of later) {
    if ((await run(words, url)).stderr.includes(NO_SUCH_TABLE)) return undefined;
  }
  return `Your query does not say that it failed: with a table that does not exist, no step got PostgreSQL's error, ${NO_SUCH_TABLE}. Reject the promise with the error that the library gives you.`;
}

const NO_SUCH_TABLE = "42P01";

/**
 * Find out whether a driver answers as the guide's does: values of several types, and how many rows were changed.
 * @param directory for the programs
 * @returns the first difference, in a sentence; undefined if there is none
 */
export async function askDriver(
  own: string,
  guides: string,
  directory: string,
  url: string,
): Promise<string | undefined> {
  const [mine, right] = await Promise.all(
    [own, guides].map((file, index) => answersOf(file, join(directory, `${index}`), url)),
  );
  for (const [what, answer] of right ?? []) {
    const found = mine?.get(what);
    if (found === answer) continue;
    return `With ${what}, your driver's answer is ${found ?? "none"}. It should be ${answer}.`;
  }
  return undefined;
}

/** @returns what a driver answers, as JSON, by what it was asked */
async function answersOf(
  file: string,
  directory: string,
  url: string,
): Promise<Map<string, string>> {
  const driver = { name: basename(file, extname(file)), file };
  const name = "driver-questions";
  const source = { name, file: join(import.meta.dirname, name + extname(import.meta.filename)) };
  const programs = await compileSteps([source], directory, "", driver);
  const { stdout } = await run([programs.get(source) ?? "", "--driver", driver.name], url);
  const lines = stdout.split("\n").filter((line) => line.startsWith("["));
  return new Map(
    lines.map((line) => {
      const [what, answer] = JSON.parse(line);
      return [String(what), JSON.stringify(answer)];
    }),
  );
}

/** @returns false if there is none */
async function dropTables(db: Database): Promise<boolean> {
  const { rows } = await db.query(
    "SELECT oid::regclass::text AS name FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace::regnamespace::text !~ '^pg_|^information_schema$'",
  );
  const names = rows.map(({ name }) => name).join(", ");
  if (names !== "") await db.query(`DROP TABLE ${names} CASCADE`);
  return names !== "";
}

function run(words: readonly string[], url: string) {
  const env = { ...neutralEnvironment(), ...databaseEnvironment(url) };
  const options = { env, timeout: LIMIT_MS, windowsHide: true, killSignal: "SIGKILL" } as const;
  return new Promise<{ isLate: boolean; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [...words], options, (error, stdout, stderr) =>
      resolve({ isLate: error?.killed === true, stdout, stderr }),
    );
  });
}

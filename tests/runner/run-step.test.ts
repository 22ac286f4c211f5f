import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, expect, onTestFinished, test, vi } from "vitest";
import { describeReason, type Outcome } from "../../runner/guide/outcome.ts";
import { compileSteps } from "../../runner/run/compile-steps.ts";
import { runStep } from "../../runner/run/run-step.ts";
import { startProcess } from "../../runner/run/step-process.ts";
import { startWatchdog } from "../../runner/workspace/watchdog.ts";
import { isAlive } from "../support/command.ts";
import { directoryForFile } from "../support/files.ts";

const directory = directoryForFile("run-step");
const watchdog = startWatchdog([directory]);
afterAll(() => watchdog.dismiss());

let count = 0;

/** Compiles a step, and runs it, as the runner does. */
async function run(code: string, { timeout = 60_000, signal = new AbortController().signal } = {}) {
  const outputFile = join(directory, `${count++}`);
  const step = { name: basename(outputFile), file: `${outputFile}.ts` };
  writeFileSync(step.file, code);
  const programs = await compileSteps([step], directory);
  const command = {
    program: process.execPath,
    arguments: [programs.get(step) ?? ""],
    environment: { DATABASE_URL: "postgresql://nowhere" },
    directory,
  };
  const wanted = { programs: directory, exitCode: 0, stderr: undefined, hasDriver: false };
  const process_ = startProcess(command, outputFile, watchdog);
  const outcome = await runStep(process_, { timeout, ...wanted }, signal);
  return { outcome, stdout: readFileSync(outcome.stdoutFile, "utf8") };
}

function whyFailed(outcome: Outcome): string {
  return outcome.kind === "failed" ? describeReason(outcome) : outcome.kind;
}

/** [case, the step, what it printed] Every byte counts. */
test.skipIf(process.platform === "win32").each([
  [
    "opens /dev/fd/1 to append",
    'import { appendFileSync } from "node:fs"; console.log("first"); appendFileSync("/dev/fd/1", "second\\n"); console.log("third");',
    "first\nsecond\nthird\n",
  ],
  [
    "has another process append to /dev/stdout",
    'import { execFileSync } from "node:child_process"; console.log("first"); execFileSync("/bin/sh", ["-c", "echo second >> /dev/stdout; echo third"], { stdio: "inherit" });',
    "first\nsecond\nthird\n",
  ],
  [
    "writes to the beginning, which appends",
    'import { writeSync } from "node:fs"; console.log("first"); writeSync(1, "F\\n", 0); console.log("second");',
    "first\nF\nsecond\n",
  ],
  [
    "calls process.exit with much unwritten",
    'process.stdout.write("x".repeat(3_000_000)); process.exit(0);',
    "x".repeat(3_000_000),
  ],
  [
    "writes much with two kinds of call",
    'import { writeSync } from "node:fs"; console.log("x".repeat(300_000)); writeSync(1, "y"); process.exit(0);',
    `${"x".repeat(300_000)}\ny`,
  ],
  ["prints a line feed first", 'console.log("\\nfirst");', "\nfirst\n"],
  ["prints nothing", "", ""],
])("all is kept of a step that %s", async (_, code, printed) => {
  const { outcome, stdout } = await run(code);
  expect(outcome).toMatchObject({ kind: "finished", stderr: "" });
  expect(stdout === printed, stdout.slice(0, 200)).toBe(true);
});

const emptied = /^emptied what it had printed, by opening \/dev\/stdout or \/dev\/stderr again/;

/** On Linux only, these names mean the file itself. */
test.runIf(process.platform === "linux").each([
  [
    "with node",
    'import { writeFileSync } from "node:fs"; writeFileSync("/dev/stdout", "second\\n");',
  ],
  [
    "with a shell",
    'import { execFileSync } from "node:child_process"; execFileSync("/bin/sh", ["-c", "echo second > /dev/stdout"], { stdio: "inherit" });',
  ],
  ["by its descriptor", 'import { ftruncateSync } from "node:fs"; ftruncateSync(1);'],
  ["of stderr", 'import { openSync } from "node:fs"; openSync("/dev/stderr", "w");'],
])("a step that empties its output fails: %s", async (_, code) => {
  const { outcome } = await run(
    `import "node:fs"; console.log("first"); ${code} console.log("third");`,
  );
  expect(whyFailed(outcome)).toMatch(emptied);
});

test("the beginning of a long stderr is kept, without half a character", async () => {
  const { outcome } = await run('process.stderr.write("x" + "ä".repeat(50_000));');
  expect(outcome.stderr).toBe(`x${"ä".repeat(32767)}`);
});

test("what a step leaves behind is ended, and not waited for", async () => {
  const { outcome, stdout } = await run(
    `import { spawn } from "node:child_process";
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "inherit" });
    console.log(child.pid);
    child.unref();`,
  );
  expect(outcome.kind).toBe("finished");
  const pid = Number(stdout);
  expect(pid).toBeGreaterThan(1);
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 20_000 });
});

test("the first of two reasons is reported", async () => {
  const forever = "setInterval(() => {}, 1000);";
  const late = await run(forever, { timeout: 50 });
  expect(whyFailed(late.outcome)).toBe("timed out after 0.05 s");
  const both = await run(forever, { timeout: 1, signal: AbortSignal.abort() });
  expect(whyFailed(both.outcome)).toBe("was interrupted");
});

test.each([
  ["process.exitCode = 3; console.error('x');", "exited with 3"],
  ["console.error('x');", "wrote to stderr"],
])("%s: the reason is that it %s", async (code, reason) => {
  expect(whyFailed((await run(code)).outcome)).toBe(reason);
});

test("variables that would change what a step does are not handed to it", async () => {
  const hostile = [
    ...["NODE_OPTIONS", "NODE_NO_WARNINGS", "NODE_REDIRECT_WARNINGS", "NODE_PENDING_DEPRECATION"],
    ...["NODE_DEBUG", "NODE_TLS_REJECT_UNAUTHORIZED", "NODE_PATH", "NODE_V8_COVERAGE"],
    ...["NODE_COMPILE_CACHE", "TSX_TSCONFIG_PATH", "PGHOST", "PGOPTIONS", "DOTENV_KEY"],
    ...["FORCE_COLOR", "NO_COLOR", "CLICOLOR_FORCE", "SSLKEYLOGFILE", "CDPATH", "GIT_DIR", "CI"],
    ...["JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS"],
  ];
  for (const name of hostile) vi.stubEnv(name, "");
  const leading = {
    DATABASE_URL_UNPOOLED: "postgres://own",
    ANY: " postgresql://own",
    ASYNC: "postgresql+asyncpg://own",
    QUEUE: "amqp://me:it@own",
    DSN: "host=h dbname=own",
    DEFAULT: "Host=h;Port=5;Username=me;Password=own;Database=own",
    ODBC: "Driver={PostgreSQL};Server=h;Uid=own",
    SHORT: "host=h user=own",
    ...{ DB_HOST: "own", DBNAME: "own", TYPEORM_USERNAME: "own", PG_DATABASE: "own" },
    ...{ NEON_API_KEY: "own", GITHUB_TOKEN: "own", Db_Password: "own" },
  };
  for (const [name, url] of Object.entries(leading)) vi.stubEnv(name, url);
  vi.stubEnv("POSTGRES_PASSWORD", "own");
  vi.stubEnv("NODE_EXTRA_CA_CERTS", "/some/authority.pem");
  vi.stubEnv("MY_OWN", "value");
  vi.stubEnv("HTTPS_PROXY", "http://me:it@proxy");
  vi.stubEnv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/run/bus");
  onTestFinished(() => void vi.unstubAllEnvs());
  const { stdout } = await run("console.log(JSON.stringify(process.env));");
  const seen: NodeJS.ProcessEnv = JSON.parse(stdout);
  expect(Object.keys(seen).filter((name) => hostile.includes(name))).toEqual([]);
  expect(JSON.stringify(seen)).not.toContain('own"');
  expect(seen).toMatchObject({
    MY_OWN: "value",
    HTTPS_PROXY: "http://me:it@proxy",
    DBUS_SESSION_BUS_ADDRESS: "unix:path=/run/bus",
    NODE_EXTRA_CA_CERTS: "/some/authority.pem",
    DATABASE_URL: "postgresql://nowhere",
  });
});

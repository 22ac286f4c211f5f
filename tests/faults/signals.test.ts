import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFailed, test } from "vitest";
import {
  type Command,
  cacheForFile,
  cacheForTest,
  leftovers,
  root,
  start,
} from "./support/command.ts";
import { record } from "./support/fault.ts";
import { hang, makeGuide } from "./support/guide.ts";
import { processList } from "./support/processes.ts";
import { serverForFile } from "./support/server.ts";

const server = await serverForFile();
const cache = cacheForFile();

const signals = [
  ["SIGHUP", 129],
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const;

/** Waits until the runner has come so far. */
const stages: Record<string, (command: Command) => boolean> = {
  starting: (command) => processList().includes(cache) || command.child.exitCode !== null,
  "between runs": (command) => command.printed.stdout.includes("✓ 01-first"),
  "during a run": (command) => command.printed.stdout.includes("✓ 02-second"),
};

const cases = signals.flatMap(([signal, code]) =>
  Object.keys(stages).flatMap((stage) =>
    ["embedded", "external"].map((kind) => [signal, stage, kind, code] as const),
  ),
);
test.for(cases)("%s while %s, %s server", async ([signal, stage, kind, code], context) => {
  const guide = makeGuide({ "01-first": "", "02-second": "", "03-hangs": hang });
  const environment = {
    XDG_CACHE_HOME: cache,
    DATABASE_URL: kind === "external" ? server.url : "",
  };
  const command = start(guide.choices, environment, 20);
  while (!stages[stage]?.(command)) await sleep(5);
  command.child.kill(signal);
  const ended = await command.ended;
  expect(ended.stderr).toBe("Interrupted. Everything is stopped and removed.\n");
  expect(ended.code).toBe(code);
  expect(await leftovers(cache)).toEqual([]);
  expect(await server.scratchDatabases()).toEqual([]);
  record(context, [ended], "everything removed");
});

/** Types a command into a terminal of its own, and waits until a step hangs there. */
async function hangInTerminal(command: string, cache: string, DATABASE_URL = "") {
  const { directory } = makeGuide({ "01-hangs": hang });
  const line = `${command} run-guide.ts --guide ${directory} --yes`;
  const { PATH, HOME } = process.env;
  const terminal = spawn("script", ["-qefc", line, "/dev/null"], {
    cwd: root,
    env: { PATH, HOME, XDG_CACHE_HOME: cache, DATABASE_URL },
    stdio: ["pipe", "pipe", "ignore"],
  });
  onTestFailed(() => void terminal.kill("SIGKILL"));
  terminal.stdout.resume();
  const closed = new Promise<number | null>((resolve) => terminal.once("close", resolve));
  const hangs = () => processList().match(new RegExp(`${cache}.*01-hangs`, "g"))?.length === 2;
  while (!hangs() && terminal.exitCode === null) await sleep(20);
  return { terminal, closed };
}

test("its terminal closed", async (context) => {
  const started = performance.now();
  const { terminal } = await hangInTerminal("node --import tsx", cache);
  terminal.kill("SIGKILL");
  expect(await leftovers(cache)).toEqual([]);
  const time = (performance.now() - started) / 1000;
  record(context, [{ code: 129, time }], "everything removed");
});

/**
 * npx and tsx hand the signal on that the terminal has sent to all of them. tsx kills what does not
 * answer within 60 ms, as on a machine that is busy: then the next run drops the databases.
 */
test("Ctrl-C in a terminal, under npx tsx, five times", async (context) => {
  const started = performance.now();
  for (let round = 0; round < 5; round++) {
    const kinds = ["", server.url].map(async (url) => {
      const own = cacheForTest();
      const { terminal, closed } = await hangInTerminal("npx tsx", own, url);
      terminal.stdin.write("\x03");
      expect(await closed).toBe(130);
      expect(await leftovers(own)).toEqual([]);
    });
    await Promise.all(kinds);
  }
  const next = start(["--step", "1"], { DATABASE_URL: server.url }, 60);
  expect((await next.ended).code).toBe(0);
  expect(await server.scratchDatabases()).toEqual([]);
  const time = (performance.now() - started) / 1000;
  record(context, [{ code: 130, time }], "everything removed, at the latest by the next run");
});

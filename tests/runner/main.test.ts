import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { startNode } from "../support/command.ts";

/** Runs a program that has one command. @param work its source, in which `signal` is the context's */
function start(work: string) {
  const main = new URL("../../runner/cli/main.ts", import.meta.url);
  const source = `
    import { runMain } from ${JSON.stringify(main)};
    const perform = async (options, { signal }) => { console.log("ready"); ${work} };
    await runMain([], [(program, use) => program.action(() => use("work", {}, async () => perform))]);`;
  const tsx = import.meta.resolve("tsx");
  return startNode(["--import", tsx, "--input-type=module", "-e", source], {});
}

describe.runIf(process.platform !== "win32")("Ctrl-C", () => {
  const untilAborted = "await new Promise((resolve) => signal.addEventListener('abort', resolve));";

  test("ends the work in good order", async () => {
    const { child, ended, prints } = start(
      `const alive = setInterval(() => {}, 1000); ${untilAborted} clearInterval(alive); return 0;`,
    );
    await prints("ready");
    child.kill("SIGTERM");
    expect(await ended).toBe(143);
    await prints("Interrupted. Everything is stopped and removed.\n");
  });

  test("again, after a second, ends a process whose clean-up hangs", async () => {
    const { child, ended, prints } = start(
      "setInterval(() => {}, 1000); await new Promise(() => {});",
    );
    await prints("ready");
    child.kill("SIGINT");
    await sleep(100);
    child.kill("SIGINT"); // as npx and tsx pass on the same one
    await sleep(1100);
    expect(child.exitCode).toBe(null);
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    expect(await prints("again")).toBe(
      "ready\nInterrupted again, and ended at once. A later run removes what is left.\n",
    );
  });
});

test("an unexpected error is a bug, and is reported without a connection string's login", async () => {
  const { ended, prints } = start(
    "throw new Error('postgres://me:p@ss word@host/db', { cause: new TypeError('deep') });",
  );
  expect(await ended).toBe(1);
  const printed = await prints("This is a bug in the guide's runner (");
  expect(printed).toMatch(/Error: postgres:\/\/\.\.\.@host\/db\n[\s\S]*Caused by: TypeError: deep/);
});

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, expect, test } from "vitest";
import { ourName } from "../../runner/workspace/find-cache.ts";
import { type Command, cacheForTest, start } from "./support/command.ts";
import { record } from "./support/fault.ts";

let cache: string;

beforeEach(() => {
  cache = cacheForTest();
});

const asRoot = test.skipIf(process.getuid?.() !== 0);

/** Pids and shared memory are others' there. */
const container = ["unshare", "--pid", "--ipc", "--fork", "--kill-child", "--mount-proc"];

function startPersistent(through: string[] = []): Command {
  return start(["db", "--keep", "books"], { XDG_CACHE_HOME: cache }, 90, {
    through,
  });
}

async function isReady(command: Command): Promise<void> {
  while (!command.printed.stdout.includes("DATABASE_URL")) {
    if (command.child.exitCode !== null) throw new Error(command.printed.stderr);
    await sleep(20);
  }
}

/** With the same files, both servers would write over what the other one wrote. */
asRoot("one persistent server in two containers with one cache directory", async (context) => {
  const first = startPersistent();
  await isReady(first);
  first.child.kill("SIGSTOP"); // as a container that is paused: it holds on
  const refused = await startPersistent(container).ended;
  expect(refused).toMatchObject({ code: 2, stdout: "" });
  expect(refused.stderr).toMatch(/^The server books is running in another container/);
  first.child.kill("SIGCONT");
  first.child.kill("SIGINT");
  expect((await first.ended).code).toBe(130);
  record(context, [refused], "refused, by the second one", []);
});

asRoot(
  "a persistent server after its container was killed, whose pid is another's now",
  async (context) => {
    const first = startPersistent(container);
    await isReady(first);
    first.child.kill("SIGKILL"); // and with it all that is in there
    await first.ended;
    const pidFile = join(
      cache,
      ourName,
      "persistent",
      "books",
      "cluster",
      "data",
      "postmaster.pid",
    );
    writeFileSync(pidFile, readFileSync(pidFile, "utf8").replace(/^\d+/, `${process.pid}`));
    const second = startPersistent();
    await isReady(second);
    expect(second.printed.stdout).toBe(first.printed.stdout);
    second.child.kill("SIGINT");
    const ended = await second.ended;
    expect(ended.code).toBe(130);
    record(context, [ended], "it runs again", []);
  },
);

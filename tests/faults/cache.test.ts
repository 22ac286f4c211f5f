import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { type Command, cacheForTest, emptyCache, leftovers, start } from "./support/command.ts";
import { record } from "./support/fault.ts";
import { makeGuide } from "./support/guide.ts";
import { serverForFile } from "./support/server.ts";
import { cacheOnSmallDisk } from "./support/small-disk.ts";

const server = await serverForFile();

/** Runs a guide of two short steps on the external server, or on the embedded one. */
function startIn(cache: string, kind = "external", body = ""): Command {
  const guide = makeGuide({ "01-first": body, "02-second": body });
  const DATABASE_URL = kind === "external" ? server.url : "";
  return start(guide.choices, { XDG_CACHE_HOME: cache, DATABASE_URL }, 90);
}

test.for<[string, string, RegExp, number]>([
  ["a file named runs in the cache", "runs", /\/runs cannot be used: EEXIST: .* Remove it\.\n$/, 3],
  ["a file named programs in the cache", "programs", /^$/, 0],
])("%s", async ([, name, says, code], context) => {
  const cache = cacheForTest(emptyCache);
  mkdirSync(join(cache, "neon-typescript-guide"), { mode: 0o711 });
  writeFileSync(join(cache, "neon-typescript-guide", name), "");
  const ended = await startIn(cache).ended;
  expect(ended.stderr).toMatch(says);
  expect(ended.code).toBe(code);
  record(context, [ended], code === 0 ? "verified" : "names the file and the remedy");
});

test("a full disk for the cache, external server", async (context) => {
  const cache = cacheOnSmallDisk(1);
  mkdirSync(join(cache, "neon-typescript-guide", "runs"), { recursive: true, mode: 0o711 });
  expect(() => writeFileSync(join(cache, "full"), Buffer.alloc(2 ** 21))).toThrow("ENOSPC");
  const ended = await startIn(cache).ended;
  expect(ended.stderr).toMatch(/^The run cannot use its directory, .*: ENOSPC: .* Make room/);
  expect(ended.code).toBe(3);
  expect(await leftovers(cache)).toEqual([]);
  expect(await server.scratchDatabases()).toEqual([]);
  record(context, [ended], "names the directory and the remedy");
});

test.for(["external", "embedded"])(
  "the cache deleted during a run, %s server",
  async (kind, context) => {
    const cache = cacheForTest();
    const command = startIn(
      cache,
      kind,
      "await new Promise((resolve) => setTimeout(resolve, 3000));",
    );
    while (!command.printed.stdout.includes("clients: pg")) await sleep(20);
    rmSync(join(cache, "neon-typescript-guide"), { recursive: true, force: true, maxRetries: 5 });
    const ended = await command.ended;
    expect(ended.stderr).toMatch(/^The run cannot use its directory, .*: ENOENT: /);
    expect(ended.code).toBe(3);
    expect(await leftovers(cache)).toEqual([]);
    expect(await server.scratchDatabases()).toEqual([]);
    record(context, [ended], "names the directory and the remedy");
  },
);

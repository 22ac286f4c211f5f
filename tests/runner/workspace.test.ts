import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { findCacheDirectory } from "../../runner/workspace/cache-directory.ts";
import { isRoot, ourName } from "../../runner/workspace/find-cache.ts";
import { openWorkspace } from "../../runner/workspace/workspace.ts";
import { makeDirectory } from "../support/files.ts";

function temporary(mode = 0o755): string {
  const directory = makeDirectory("workspace");
  chmodSync(directory, mode);
  return directory;
}

/** The directory that is chosen with this XDG_CACHE_HOME. */
function rootIn(cache: string, umask = 0o022): string | undefined {
  vi.stubEnv("XDG_CACHE_HOME", cache);
  vi.stubEnv("TMPDIR", temporary(0o777));
  const before = process.umask(umask);
  onTestFinished(() => {
    process.umask(before);
    vi.unstubAllEnvs();
  });
  return findCacheDirectory();
}

test.each([0o000, 0o002, 0o022, 0o027, 0o077])(
  "umask %i: a directory is made, and used",
  (umask) => {
    const cache = temporary();
    expect(rootIn(cache, umask)).toBe(join(cache, ourName));
    expect(statSync(join(cache, ourName)).mode & 0o777).toBe(0o711);
  },
);

test("an empty directory that others could write to is closed to them, and used", () => {
  const cache = temporary();
  mkdirSync(join(cache, ourName));
  chmodSync(join(cache, ourName), 0o777);
  expect(rootIn(cache)).toBe(join(cache, ourName));
  expect(statSync(join(cache, ourName)).mode & 0o777).toBe(0o711);
});

test("a directory in which others may have left something is not used, and stays as it is", () => {
  const cache = temporary();
  mkdirSync(join(cache, ourName, "programs"), { recursive: true });
  chmodSync(join(cache, ourName), 0o777);
  expect(rootIn(cache)).not.toBe(join(cache, ourName));
  expect(statSync(join(cache, ourName)).mode & 0o777).toBe(0o777);
});

test.skipIf(process.platform === "win32").each(["a?b", "a\\b"])(
  "%s is not used: programs do not start there",
  (name) => {
    const cache = temporary();
    expect(rootIn(join(cache, name))).not.toContain(cache);
  },
);

test("root does not use a directory that the server's user cannot reach", () => {
  const cache = temporary(0o700);
  const chosen = rootIn(cache);
  expect(chosen).toBeDefined();
  expect(chosen?.startsWith(cache)).toBe(!isRoot);
});

test.skipIf(process.platform !== "linux")(
  "a cache directory that cannot be made, as below /proc, is skipped",
  () => {
    const chosen = rootIn("/proc/x");
    expect(chosen).toBeDefined();
    expect(chosen).not.toMatch(/^\/proc/);
  },
);

test("a process that still writes does not keep a run's directory from being removed", async () => {
  const { directory, close } = openWorkspace(temporary());
  const outputs = join(directory, "outputs");
  mkdirSync(outputs);
  const script = `for (let i = 0; i < 20000; i++) try { require("fs").writeFileSync("${outputs}/" + i, ""); } catch {}`;
  const writer = spawn(process.execPath, ["-e", script]);
  await vi.waitUntil(() => readdirSync(outputs).length > 100, { timeout: 20_000, interval: 1 });
  close();
  expect(existsSync(directory)).toBe(false);
  writer.kill();
});

test("a file with the name of the runs' directory is named", () => {
  const root = temporary();
  writeFileSync(join(root, "runs"), "");
  expect(() => openWorkspace(root)).toThrow(`${join(root, "runs")} cannot be used: EEXIST`);
});

/** Runs that somebody else left there. */
function leaveRuns(names: Record<string, number>): { root: string; runs: () => string[] } {
  const root = temporary();
  for (const [name, hours] of Object.entries(names)) {
    mkdirSync(join(root, "runs", name), { recursive: true });
    const then = new Date(Date.now() - hours * 3_600_000);
    utimesSync(join(root, "runs", name), then, then);
  }
  return { root, runs: () => readdirSync(join(root, "runs")).sort() };
}

test("a run of other processes is judged by its silence, never by a pid", async () => {
  const nobody = 2 ** 22 + 1; // more than any pid
  const { root, runs } = leaveRuns({ [`0000aaaa.${nobody}.1`]: 1, [`0000aaaa.${nobody}.2`]: 48 });
  openWorkspace(root).close();
  await vi.waitFor(() => expect(runs()).toEqual([`0000aaaa.${nobody}.1`]), 20_000);
});

test.runIf(process.platform === "linux").each(["..", ".", "", "0000aaaa", "0000aaaa.1.2 3"])(
  "what another user left in memory under the name %j does not lead to our files",
  async (name) => {
    const { root, runs } = leaveRuns({ "0000aaaa.1.1": 48 });
    writeFileSync(join(root, "kept"), "");
    const memory = temporary(); // in /dev/shm, another run of this test has the same files
    const planted = join(memory, `${ourName}.${name}`);
    writeFileSync(planted, "");
    const then = new Date(Date.now() - 48 * 3_600_000);
    for (const file of [planted, root]) utimesSync(file, then, then);
    openWorkspace(root, memory).close();
    await vi.waitFor(() => expect(runs()).toEqual([]), 20_000);
    await sleep(500); // as long as it takes to remove what is found next
    expect([existsSync(join(root, "kept")), existsSync(planted)]).toEqual([true, true]);
  },
);

test("what is left of a run of ours is ended and removed, and nothing else", async () => {
  const first = openWorkspace(temporary());
  const [owner] = first.directory.slice(first.directory.lastIndexOf("/") + 1).split(".");
  const name = `${owner}.${2 ** 22 + 1}.0123abcd`;
  const left = join(first.root, "runs", name);
  mkdirSync(join(left, "programs"), { recursive: true });
  const hang = (file: string) => {
    writeFileSync(file, "setInterval(() => {}, 1000)");
    const child = spawn(process.execPath, [file]);
    onTestFinished(() => void child.kill("SIGKILL"));
    return child;
  };
  const orphan = hang(join(left, "programs", "01-hangs.mjs"));
  const stranger = hang(join(first.directory, "stranger.mjs"));
  const ended = new Promise((resolve) => orphan.once("exit", resolve));

  openWorkspace(first.root).close();
  await ended;
  await vi.waitFor(() => expect(existsSync(left)).toBe(false), 20_000);
  expect(stranger.exitCode).toBe(null);
  first.close();
});

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { succeeds } from "../../runner/run/installed.ts";
import { isAlive } from "../../runner/workspace/workspace.ts";
import { makeGuide } from "../support/guide.ts";

test.skipIf(process.platform === "win32").each([
  ["is too slow", "sleep 60 & echo $! > pid; wait", false],
  ["leaves one behind", "sleep 60 & echo $! > pid", true],
])("no process is left of a check that %s", async (_, script, isGood) => {
  const { directory } = makeGuide({ runs: [] });
  expect(await succeeds("/bin/sh", ["-c", script], directory, 1000)).toBe(isGood);
  const pid = Number(readFileSync(`${directory}/pid`, "utf8"));
  expect(pid).toBeGreaterThan(1);
  await expect.poll(() => isRunning(pid)).toBe(false);
});

/** A process that nothing has waited for yet still has its pid. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return process.platform !== "linux" && isAlive(pid);
  }
}

test("a program that is not there does not succeed", async () => {
  expect(await succeeds("/nowhere/sh", ["-c", "true"])).toBe(false);
});

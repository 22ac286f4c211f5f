// Watches over one run from outside. The runner holds the other end of our stdin: when the runner
// is gone, however it went, stdin ends, and what it left is ended and removed.
//
// Lines on stdin: `+PID` and `-PID` for a process group that began or ended, `done` when the runner
// has cleaned up by itself.
import { readFileSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";

const directory = process.argv[2] ?? "";
/** @type {Set<number>} */
const groups = new Set();
let done = false;

for await (const line of createInterface({ input: process.stdin })) {
  if (line === "done") done = true;
  else if (line.startsWith("+")) groups.add(Number(line.slice(1)));
  else groups.delete(Number(line.slice(1)));
}

if (!done && process.platform === "win32") {
  const { removeRun } = await import("./windows-removal.mjs");
  await removeRun(directory);
} else if (!done && directory !== "") {
  for (const group of groups) signal(-group, "SIGKILL");
  // A server that is just being started writes its pid a moment later.
  for (let round = 0; round < 20; round++) {
    const server = serverPid();
    if (server) signal(server, "SIGQUIT");
    else if (round > 4) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
}

/** The first line of postmaster.pid, which the server removes when it ends. */
function serverPid() {
  try {
    return Number(readFileSync(`${directory}/cluster/data/postmaster.pid`, "utf8").split("\n")[0]);
  } catch {
    return undefined;
  }
}

/**
 * @param {number} pid a process, or a process group where it is negative
 * @param {NodeJS.Signals} name
 */
function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch {
    // it has ended already
  }
}

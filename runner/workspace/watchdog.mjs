// Ends the processes of one run and removes its files, if the runner could not. The runner holds the other
// end of our stdin: however the runner ends, stdin ends. In the mode "sweep", it does so at once. In the mode "end",
// it ends the processes with a name, such as a server's, and removes nothing.
//
// Lines on stdin: `+PID` and `-PID` for a process group that began or ended, `done` when the runner
// has cleaned up by itself.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { basename } from "node:path";
import { createInterface } from "node:readline";

const [mode = "", directory = "", ...others] = process.argv.slice(2);

if (mode === "watch") await watch();
else if (mode === "sweep") await cleanUp();
else await endProcesses(directory);

async function watch() {
  /** @type {Set<number>} */
  const groups = new Set();
  let done = false;
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === "done") done = true;
    else if (line.startsWith("+")) groups.add(Number(line.slice(1)));
    else groups.delete(Number(line.slice(1)));
  }
  if (done) return;
  for (const group of groups) signal(-group, "SIGKILL");
  await cleanUp();
}

async function cleanUp() {
  if (process.platform === "win32") {
    const { removeRun } = await import("./windows.mjs");
    await removeRun(directory);
    for (const path of others) rmSync(path, { recursive: true, force: true, maxRetries: 5 });
    return;
  }
  await endProcesses(basename(directory));
  for (const path of [directory, ...others]) {
    rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * A server removes its shared memory on SIGQUIT. A process that is being started appears a moment later.
 * @param {string} name of the run, or of one of its servers
 */
async function endProcesses(name) {
  for (let round = 0; round < 40; round++) {
    const left = processesWith(name);
    if (left.length === 0 && (mode !== "watch" || round > 4)) break;
    for (const pid of left) signal(pid, round < 20 ? "SIGQUIT" : "SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * The server and the steps have the run's name in their command lines. On Linux, what a step started has
 * it in its environment. Nothing else is trusted.
 * @param {string} name
 */
function processesWith(name) {
  return processes()
    .filter(({ line }) => line.includes(name) && !line.includes("watchdog.mjs"))
    .map(({ pid }) => pid);
}

function processes() {
  if (process.platform === "linux") {
    const pids = readdirSync("/proc").map(Number).filter(Boolean);
    return pids.map((pid) => ({
      pid,
      line: read(`/proc/${pid}/cmdline`) + read(`/proc/${pid}/environ`),
    }));
  }
  const list = execFileSync("ps", ["-Axww", "-o", "pid=,command="], { encoding: "utf8" });
  return list.split("\n").map((line) => ({ pid: Number.parseInt(line, 10), line }));
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
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

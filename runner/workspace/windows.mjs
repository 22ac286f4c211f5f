// Windows has no signals. There, a PostgreSQL server listens for their numbers on a pipe whose name has
// its pid. So another process that got the pid of an old file is never hit.
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const signals = { fast: 2 /* SIGINT */, immediate: 3 /* SIGQUIT */ };
const LIMIT_MS = 5000;
const ROUNDS = 300;

/**
 * Ends the servers that a run left, and removes the run's directory. Its steps ended with the runner:
 * Node.js ties them to itself by a job object. A server that is just being started is in its directory
 * already, which cannot be removed while it is open.
 * @param {string} directory of a run
 */
export async function removeRun(directory) {
  for (let round = 0; round < ROUNDS; round++) {
    for (const place of [directory, ...moreServers(directory)])
      await shutDown(`${place}/cluster/data`, "immediate");
    try {
      rmSync(directory, { recursive: true, force: true });
      return;
    } catch {
      await sleep(100);
    }
  }
}

/**
 * Where a run has a server for each client, the others' are in folders of their own.
 * @param {string} directory of a run
 */
function moreServers(directory) {
  try {
    const names = readdirSync(directory).filter((name) => /^server-\d+$/.test(name));
    return names.map((name) => `${directory}/${name}`);
  } catch {
    return []; // it is removed
  }
}

/**
 * Shuts down the server of a cluster, if one runs, and kills it if it does not answer.
 * @param {string} dataDirectory
 * @param {keyof typeof signals} mode as `pg_ctl stop` names it
 */
export async function shutDown(dataDirectory, mode) {
  const pidFile = `${dataDirectory}/postmaster.pid`;
  const pid = readPid(pidFile);
  if (!pid || !(await send(signals[mode], pid))) return;
  const deadline = Date.now() + LIMIT_MS;
  while (existsSync(pidFile) && Date.now() < deadline) await sleep(5);
  if (existsSync(pidFile) && (await send(signals.immediate, pid))) process.kill(pid);
  // What it has open cannot be moved or removed until its process has ended too.
  while (isThere(pid) && Date.now() < deadline) await sleep(5);
}

/** @param {number} pid */
function isThere(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** @param {string} pidFile */
function readPid(pidFile) {
  try {
    return Number(readFileSync(pidFile, "utf8").split("\n")[0]);
  } catch {
    return undefined;
  }
}

/**
 * @param {number} signal
 * @param {number} pid
 * @returns {Promise<boolean>} whether this is the pid of a server
 */
function send(signal, pid) {
  return new Promise((resolve) => {
    let isServer = false;
    const pipe = connect(`\\\\.\\pipe\\pgsignal_${pid}`, () => {
      isServer = true;
      pipe.write(Buffer.of(signal));
    });
    pipe.on("data", () => pipe.destroy()); // it answers with the same byte
    pipe.setTimeout(LIMIT_MS, () => pipe.destroy());
    pipe.on("error", () => {}); // there is no server, or it closed first
    pipe.on("close", () => resolve(isServer));
  });
}

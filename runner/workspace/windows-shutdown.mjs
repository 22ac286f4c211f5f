// Windows has no signals. There, a server of PostgreSQL listens for their numbers on a pipe, whose name
// has its pid: so nobody else is ever hit, should the pid in an old file have been given away.
import { existsSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const signals = { fast: 2 /* SIGINT */, immediate: 3 /* SIGQUIT */ };
const LIMIT_MS = 5000;

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
  // Until its process has ended, too, nothing that it has open can be moved or removed.
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
    pipe.on("error", () => {}); // nobody there; or it was faster than we in closing
    pipe.on("close", () => resolve(isServer));
  });
}

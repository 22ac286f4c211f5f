// Ends and removes what a run left on Windows. Its steps, and whatever else it had started itself, went
// with the runner: node ties them to itself by a job object. The server is nobody's child.
import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { shutDown } from "./windows-shutdown.mjs";

const ROUNDS = 300;

/**
 * A server that is just being started is in its directory already, which cannot be removed as long as
 * anybody is in it.
 * @param {string} directory of a run
 */
export async function removeRun(directory) {
  for (let round = 0; round < ROUNDS; round++) {
    await shutDown(`${directory}/cluster/data`, "immediate");
    try {
      rmSync(directory, { recursive: true, force: true });
      return;
    } catch {
      await sleep(100);
    }
  }
}

import { setTimeout as sleep } from "node:timers/promises";

/** A signal that a process sends to itself arrives within a moment. */
const MOMENT_MS = 100;

/**
 * Stops this process as Ctrl-Z does, with whatever started it (npx, tsx): the shell waits for all of
 * them. Steps and server are in sessions of their own, and go on. Returns after `fg`, and at once
 * where no shell could ever say `fg`: there, the system ignores the signal.
 */
export async function suspend(): Promise<void> {
  process.kill(0, "SIGTSTP");
  await sleep(MOMENT_MS);
}

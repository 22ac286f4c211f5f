import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "./failure.ts";

/**
 * Waits for work on a server until somebody interrupts. The work itself goes on.
 * @throws Failure of kind "database" where it was interrupted
 */
export async function unlessAborted<Result>(
  work: Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  work.catch(() => {}); // it may fail when nobody waits any longer
  const waiting = new AbortController();
  try {
    return await Promise.race([work, whenAborted(signal, waiting.signal).then(interrupted)]);
  } finally {
    waiting.abort();
  }
}

/** Resolves that many milliseconds after an interruption; without one, never. */
export async function afterAbort(signal: AbortSignal, milliseconds: number): Promise<void> {
  await whenAborted(signal);
  await sleep(milliseconds, undefined, { ref: false });
}

function interrupted(): never {
  throw new Failure("database", "Interrupted.");
}

/** @param waiting aborted: nobody waits for it any longer */
function whenAborted(signal: AbortSignal, waiting?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const listener = { once: true, ...(waiting ? { signal: waiting } : {}) };
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), listener);
  });
}

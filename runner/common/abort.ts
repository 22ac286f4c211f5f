import { once, setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "./failure.ts";

/**
 * Resolves when the run is interrupted. Waiting does not keep the process alive.
 * @param stop ends the waiting
 * @throws AbortError if it is stopped
 */
export async function untilAborted(signal: AbortSignal, stop?: AbortSignal): Promise<void> {
  setMaxListeners(0, signal); // to wait for many databases at once is not a leak
  if (!signal.aborted) await once(signal, "abort", stop && { signal: stop });
}

/** The run was interrupted, and what was waited for did not end in time. */
export class Interrupted extends Failure {
  constructor() {
    super("database", "Interrupted.");
  }
}

/**
 * Waits for work on a server until the run is interrupted. The work itself goes on.
 * @param grace milliseconds to wait after the interruption
 * @throws Interrupted
 */
export async function unlessAborted<Result>(
  work: Promise<Result>,
  signal: AbortSignal,
  grace = 0,
): Promise<Result> {
  work.catch(() => {}); // it may fail when nothing waits for it any longer
  const waiting = new AbortController();
  const interrupted = untilAborted(signal, waiting.signal).then(async () => {
    if (grace > 0) await sleep(grace, undefined, { ref: false, signal: waiting.signal });
    throw new Interrupted();
  });
  interrupted.catch(() => {});
  try {
    return await Promise.race([work, interrupted]);
  } finally {
    waiting.abort();
  }
}

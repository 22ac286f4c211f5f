import { setTimeout as sleep } from "node:timers/promises";
import type { ReadStream } from "node:tty";

/** A signal that a process sends to itself arrives within a moment. */
const MOMENT_MS = 100;

/** Ctrl-Z, which a terminal in raw mode does not turn into a signal, and `fg`. */
export interface Suspension {
  /**
   * Stops this process as Ctrl-Z does, with whatever started it (npx, tsx): the shell waits for all
   * of them. Steps and server are in sessions of their own, and go on.
   */
  suspend(): Promise<void>;
  close(): void;
}

/**
 * @param stream a terminal in raw mode, which is in raw mode again when this process goes on
 * @param onResume is called after `fg`, and at once where no shell could ever say `fg`: there, the
 * system ignores the signal
 */
export function openSuspension(stream: ReadStream, onResume: () => void): Suspension {
  let isSuspended = false;
  const resume = () => {
    isSuspended = false;
    // The shell has its own way of reading a terminal, and node does not notice.
    stream.setRawMode(false).setRawMode(true);
    onResume();
  };
  process.on("SIGCONT", resume);
  return {
    async suspend() {
      isSuspended = true;
      stream.setRawMode(false);
      process.kill(0, "SIGTSTP");
      await sleep(MOMENT_MS);
      if (isSuspended) resume();
    },
    close: () => process.off("SIGCONT", resume),
  };
}

import { emitKeypressEvents, type Key } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { ReadStream } from "node:tty";

export type Keys = ReturnType<typeof openKeys>;

/**
 * Reads single keys from a terminal, without Enter.
 * @param onInterrupt called for Ctrl-C, which is not a signal in a terminal's raw mode
 */
export function openKeys(stream: ReadStream, onInterrupt: () => void) {
  let answer: ((name: string) => void) | undefined;
  let listener = (_name: string) => {};
  /** Ctrl-Z during a run is handled after it: its time limit would go on, unseen. */
  let isSuspending = false;
  let isSuspended = false;

  function give(name: string): void {
    const take = answer ?? listener;
    answer = undefined;
    take(name);
  }

  function resume(): void {
    isSuspended = false;
    // The shell has changed the terminal's mode, and node does not notice.
    stream.setRawMode(false).setRawMode(true);
    if (answer) give("resume");
  }

  async function suspend(): Promise<void> {
    isSuspending = false;
    isSuspended = true;
    stream.setRawMode(false);
    await stopProcessGroup();
    // Without a shell that could continue it, the system ignores the signal.
    if (isSuspended) resume();
  }

  function onKey(text: string | undefined, key: Key): void {
    if (key.ctrl && key.name === "c") onInterrupt();
    else if (!key.ctrl || key.name !== "z") give(nameOf(text, key));
    else if (process.platform === "win32") return;
    else if (answer) void suspend();
    else isSuspending = true;
  }

  process.on("SIGCONT", resume);
  emitKeypressEvents(stream);
  stream.setRawMode(true);
  stream.on("keypress", onKey).resume();

  return {
    /**
     * Waits for a key. Keys that were pressed before are dropped.
     * @returns its name, such as "return" or "a"; "resume" after Ctrl-Z and `fg`
     * @throws the signal's reason if it is aborted
     */
    next(signal: AbortSignal): Promise<string> {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const onAbort = () => {
          answer = undefined;
          reject(signal.reason);
        };
        signal.addEventListener("abort", onAbort, { once: true });
        answer = (name) => {
          signal.removeEventListener("abort", onAbort);
          resolve(name);
        };
        if (isSuspending) void suspend();
      });
    },
    /** Calls `onListened` for keys that are pressed while `next` is not waiting. @returns ends it */
    listen(onListened: (name: string) => void): () => void {
      listener = onListened;
      return () => {
        listener = () => {};
      };
    },
    close(): void {
      process.off("SIGCONT", resume);
      stream.off("keypress", onKey).setRawMode(false);
      stream.pause();
    },
  };
}

/** A signal that a process sends to itself arrives within this time. */
const ARRIVAL_MS = 100;

/**
 * Does what Ctrl-Z does outside raw mode: stops this process and those that started it (npx, tsx), for
 * the shell waits for all of them. The steps and the server are in other sessions, and go on.
 */
async function stopProcessGroup(): Promise<void> {
  process.kill(0, "SIGTSTP");
  await sleep(ARRIVAL_MS);
}

/** A capital letter is another key. */
function nameOf(text: string | undefined, key: Key): string {
  return text && /^[A-Z]$/.test(text) ? text : (key.name ?? text ?? "");
}

import { emitKeypressEvents, type Key } from "node:readline";
import type { ReadStream } from "node:tty";
import { openSuspension } from "./suspend.ts";

/** Keys that are pressed, one at a time, without Enter. */
export interface Keys {
  /**
   * Waits for a key. What was pressed before is dropped: nobody had asked.
   * @returns its name, such as "return" or "a"; "resume" after Ctrl-Z and `fg`
   * @throws the signal's reason when it is given
   */
  next(signal: AbortSignal): Promise<string>;
  /** Is told of the keys that are pressed while nobody waits for one, until it is told to end. */
  listen(onKey: (name: string) => void): () => void;
  close(): void;
}

/**
 * Reads keys from a terminal.
 * @param onInterrupt Ctrl-C, which a terminal in raw mode does not turn into a signal
 */
export function openKeys(stream: ReadStream, onInterrupt: () => void): Keys {
  let answer: ((name: string) => void) | undefined;
  let listener = (_name: string) => {};
  /** Ctrl-Z during a run waits for its end: its time limit would go on, unseen. */
  let isSuspending = false;

  const give = (name: string) => {
    const take = answer ?? listener;
    answer = undefined;
    take(name);
  };
  const suspension = openSuspension(stream, () => {
    if (answer) give("resume");
  });
  const suspend = () => {
    isSuspending = false;
    void suspension.suspend();
  };
  const onKey = (text: string | undefined, key: Key) => {
    if (key.ctrl && key.name === "c") onInterrupt();
    else if (!key.ctrl || key.name !== "z") give(nameOf(text, key));
    else if (process.platform === "win32") return;
    else if (answer) suspend();
    else isSuspending = true;
  };
  emitKeypressEvents(stream);
  stream.setRawMode(true);
  stream.on("keypress", onKey).resume();

  return {
    next: (signal) =>
      new Promise((resolve, reject) => {
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
        if (isSuspending) suspend();
      }),
    listen(onKey) {
      listener = onKey;
      return () => {
        listener = () => {};
      };
    },
    close() {
      suspension.close();
      stream.off("keypress", onKey).setRawMode(false);
      stream.pause();
    },
  };
}

/** A capital letter is another key. */
function nameOf(text: string | undefined, key: Key): string {
  return text && /^[A-Z]$/.test(text) ? text : (key.name ?? text ?? "");
}

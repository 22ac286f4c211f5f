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
  const takers = openTakers();
  /** Ctrl-Z during a run waits for its end: its time limit would go on, unseen. */
  let isSuspending = false;

  const suspension = openSuspension(stream, () => {
    if (takers.isAwaited) takers.give("resume");
  });
  const suspend = () => {
    isSuspending = false;
    void suspension.suspend();
  };
  const onKey = (text: string | undefined, key: Key) => {
    if (key.ctrl && key.name === "c") onInterrupt();
    else if (!key.ctrl || key.name !== "z") takers.give(nameOf(text, key));
    else if (process.platform === "win32") return;
    else if (takers.isAwaited) suspend();
    else isSuspending = true;
  };
  emitKeypressEvents(stream);
  stream.setRawMode(true);
  stream.on("keypress", onKey).resume();

  return {
    next(signal) {
      const key = takers.next(signal);
      if (isSuspending && takers.isAwaited) suspend();
      return key;
    },
    listen: takers.listen,
    close() {
      suspension.close();
      stream.off("keypress", onKey).setRawMode(false);
      stream.pause();
    },
  };
}

/** Who takes a key: whoever waits for one, or else whoever listens. */
function openTakers() {
  let answer: ((name: string) => void) | undefined;
  let listener = (_name: string) => {};
  return {
    get isAwaited() {
      return answer !== undefined;
    },
    give(name: string): void {
      const take = answer ?? listener;
      answer = undefined;
      take(name);
    },
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
      });
    },
    listen(onKey: (name: string) => void): () => void {
      listener = onKey;
      return () => {
        listener = () => {};
      };
    },
  };
}

/** A capital letter is another key. */
function nameOf(text: string | undefined, key: Key): string {
  return text && /^[A-Z]$/.test(text) ? text : (key.name ?? text ?? "");
}

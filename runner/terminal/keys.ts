import { emitKeypressEvents, type Key } from "node:readline";
import type { ReadStream } from "node:tty";

/** Keys that are pressed, one at a time, without Enter. */
export interface Keys {
  /** The next key's name, such as "return" or "a". Rejects when the signal is given. */
  next(signal: AbortSignal): Promise<string>;
  close(): void;
}

/**
 * Reads keys from a terminal.
 * @param onInterrupt Ctrl-C, which a terminal in raw mode does not turn into a signal
 */
export function openKeys(stream: ReadStream, onInterrupt: () => void): Keys {
  const waiting: ((name: string) => void)[] = [];
  // A key that was pressed before its question was on the screen. Only the last one counts.
  let early: string | undefined;
  const onKey = (text: string | undefined, key: Key) => {
    if (key.ctrl && key.name === "c") return onInterrupt();
    // A capital letter is another key.
    const name = text && /^[A-Z]$/.test(text) ? text : (key.name ?? text ?? "");
    const answer = waiting.shift();
    if (answer) answer(name);
    else early = name;
  };
  emitKeypressEvents(stream);
  stream.setRawMode(true);
  stream.on("keypress", onKey).resume();

  return {
    next: (signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const name = early;
        early = undefined;
        if (name !== undefined) return resolve(name);
        const onAbort = () => reject(signal.reason);
        signal.addEventListener("abort", onAbort, { once: true });
        waiting.push((name) => {
          signal.removeEventListener("abort", onAbort);
          resolve(name);
        });
      }),
    close() {
      stream.off("keypress", onKey).setRawMode(false);
      stream.pause();
    },
  };
}

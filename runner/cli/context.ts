import { isCi } from "../common/ci.ts";

/** What a command may use of the process that it runs in. */
export interface Context {
  readonly print: (text: string) => void;
  /** For what the reader should know, apart from the result. */
  readonly note: (message: string) => void;
  /** Given when the user interrupts. */
  readonly signal: AbortSignal;
  readonly interrupt: () => void;
}

/** A person sits at a terminal, and is asked. */
export function isInteractive(): boolean {
  return Boolean(process.stdin.isTTY && process.stdout.isTTY && !isCi());
}

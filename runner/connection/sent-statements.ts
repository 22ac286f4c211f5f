import { channel } from "node:diagnostics_channel";
import { databaseError } from "./errors.ts";

/** A statement that a driver sent, and what came of it. */
export interface SentStatement {
  readonly text: string;
  /** As the server reads them. */
  readonly values: readonly (string | null)[];
  /** Milliseconds until the answer was there. */
  readonly duration: number;
  /** Undefined where the server counted none. */
  readonly rows: number | undefined;
  /** The code and the message of an error. */
  readonly error: string | undefined;
}

/** Whoever wants to see what the drivers send, subscribes to it, in the same process. */
export const sentStatements = channel("neon-typescript-guide:sent-statements");

/**
 * Sends a statement, and tells of it. Where nobody listens, this costs nothing.
 * @throws whatever `send` throws
 */
export async function sendAndTell<Answer extends { readonly count: number | null }>(
  text: string,
  values: readonly (string | null)[],
  send: () => Promise<Answer>,
): Promise<Answer> {
  if (!sentStatements.hasSubscribers) return send();
  const started = performance.now();
  const tell = (rows?: number, error?: string): void => {
    const duration = performance.now() - started;
    sentStatements.publish({ text, values, duration, rows, error } satisfies SentStatement);
  };
  try {
    const answer = await send();
    tell(answer.count ?? undefined);
    return answer;
  } catch (cause) {
    const { code, message } = databaseError("query", cause);
    tell(undefined, `${code}: ${message}`);
    throw cause;
  }
}

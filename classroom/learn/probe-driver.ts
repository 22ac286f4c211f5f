import { execFile } from "node:child_process";
import { withDatabase } from "../../runner/connection/connection-uri.ts";
import { scratchName } from "../../runner/database/scratch.ts";
import { databaseEnvironment, neutralEnvironment } from "../../runner/run/step-environment.ts";

const LIMIT_MS = 10_000;

/**
 * Find out whether a driver's `connect` waits until it knows that it is connected: with a database that does
 * not exist, a step must not begin its work.
 * @param words what runs a step with the driver, for node
 * @param url of the server
 * @returns what is wrong, in a sentence or two; undefined if nothing is
 */
export async function probeConnect(
  words: readonly string[],
  url: string,
): Promise<string | undefined> {
  const env = {
    ...neutralEnvironment(),
    ...databaseEnvironment(withDatabase(url, scratchName("none"))),
  };
  const options = { env, timeout: LIMIT_MS, windowsHide: true, killSignal: "SIGKILL" } as const;
  const { isLate, stdout } = await new Promise<{ isLate: boolean; stdout: string }>((resolve) => {
    execFile(process.execPath, [...words], options, (error, stdout) =>
      resolve({ isLate: error?.killed === true, stdout }),
    );
  });
  if (stdout !== "") {
    return "Your connect does not wait: with a database that does not exist, the step began its work. Resolve the promise when the server has answered, and reject it with the error.";
  }
  if (!isLate) return undefined;
  return `Your connect does not say that it failed: with a database that does not exist, the step had not ended after ${LIMIT_MS / 1000} s. Reject the promise with the error, and close the connection.`;
}

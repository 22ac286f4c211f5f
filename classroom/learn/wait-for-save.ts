import { setTimeout as sleep } from "node:timers/promises";
import { readRegularFile } from "../../runner/common/files.ts";

/** Two looks: a verdict comes within a second, and no half of a file is run. */
const LOOK_MS = 100;

/**
 * Waits until a file has another content, and has had it for a moment: some editors empty a file
 * before they write it. It looks, and waits for no event: on some drives, none would come.
 * @param known its content until now; undefined where there was no file
 */
export async function untilSaved(
  file: string,
  known: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  let seen = known;
  for (;;) {
    await sleep(LOOK_MS, undefined, { signal });
    const now = read(file);
    if (now !== known && now === seen) return;
    seen = now;
  }
}

function read(file: string): string | undefined {
  try {
    return readRegularFile(file)?.toString("utf8");
  } catch {
    return undefined; // it is being replaced, or it is gone
  }
}

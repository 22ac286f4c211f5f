import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Golden, isPattern } from "./golden.ts";
import { digestOfFile, withLineFeeds } from "./output.ts";

/** What an update writes for an output: markers stay where they still match, the rest stands for itself. */
export async function newContent({ bytes }: Golden, stdoutFile: string): Promise<Buffer> {
  const printed = readFileSync(stdoutFile);
  if (!(await isPattern(bytes)) && !(await isPattern(printed))) return printed;
  const { keepMarkers } = await import("./keep-markers.ts");
  const golden = withLineFeeds(bytes).toString("latin1");
  return Buffer.from(await keepMarkers(golden, printed.toString("latin1")), "latin1");
}

/**
 * Equal for outputs that come to the same golden file. What differs each time, and stands where a marker is,
 * makes no difference between clients.
 */
export async function digestOfOutput(golden: Golden, stdoutFile: string): Promise<string> {
  if (!(await isPattern(golden.bytes))) return digestOfFile(stdoutFile);
  return createHash("sha256")
    .update(await newContent(golden, stdoutFile))
    .digest("hex");
}

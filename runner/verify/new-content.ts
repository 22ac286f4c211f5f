import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Golden } from "./golden.ts";
import { digestOfFile } from "./output.ts";

/** What an update writes for an output: markers stay where they still match, the rest stands for itself. */
export async function newContent({ bytes }: Golden, stdoutFile: string): Promise<Buffer> {
  const { escapeMarkers, hasMarkers } = await import("./line-pattern.ts");
  const printed = readFileSync(stdoutFile);
  const golden = bytes.toString("latin1").replaceAll("\r\n", "\n");
  const text = printed.includes("..") || hasMarkers(golden) ? printed.toString("latin1") : "";
  if (hasMarkers(golden)) {
    const { keepMarkers } = await import("./keep-markers.ts");
    return Buffer.from(await keepMarkers(golden, text), "latin1");
  }
  if (!hasMarkers(text)) return printed;
  return Buffer.from(text.split("\n").map(escapeMarkers).join("\n"), "latin1");
}

/**
 * Equal for outputs that come to the same golden file. What differs each time, and stands where a marker is,
 * makes no difference between drivers.
 */
export async function digestOfOutput(golden: Golden, stdoutFile: string): Promise<string> {
  if (!golden.bytes.includes("..")) return digestOfFile(stdoutFile);
  const { hasMarkers } = await import("./line-pattern.ts");
  if (!hasMarkers(golden.bytes.toString("latin1"))) return digestOfFile(stdoutFile);
  return createHash("sha256")
    .update(await newContent(golden, stdoutFile))
    .digest("hex");
}

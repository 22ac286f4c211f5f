import { readFileSync } from "node:fs";

/** Reads a JSON object. A file that is absent, damaged, or holds another value reads as an empty object. */
export function readRecord(file: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(readFileSync(file, "utf8").replace(/^\uFEFF/, ""));
    return isRecord(json) ? json : {};
  } catch {
    return {};
  }
}

/** True for what is an object in JSON. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

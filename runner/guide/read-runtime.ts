import { readFileSync } from "node:fs";
import { Failure, hasCode, messageOf } from "../common/failure.ts";
import type { Runtime } from "./client.ts";

/** `standalone.json`: what the runner cannot see for itself. */
export interface RuntimeFile {
  readonly label: string | undefined;
  readonly runtime: Runtime;
}

const example = `{ "run": ["python3"], "check": ["-c", "import psycopg2"], "needs": "Python with psycopg2", "install": "pip install psycopg2-binary" }`;

/**
 * Reads how a folder's scripts are run. Where they are TypeScript, there is nothing to say.
 * @param file its standalone.json, which need not be there
 * @throws Failure of kind "layout"
 */
export function readRuntime(file: string): RuntimeFile {
  const json = readJson(file);
  const label = typeof json.name === "string" ? json.name : undefined;
  const { run, check, needs, install, connection = "tcp" } = json;
  if (run === undefined) {
    if (connection !== "tcp" && connection !== "websocket") {
      fail(file, '"connection" is neither "tcp" nor "websocket"');
    }
    return { label, runtime: { kind: "typescript", connection } };
  }
  if (!isTexts(run) || run.length === 0) fail(file, '"run" is not a list of command lines');
  if (!isTexts(check)) fail(file, '"check" is not a list of arguments');
  if (typeof needs !== "string" || typeof install !== "string") {
    fail(file, '"needs" and "install" are not both texts');
  }
  return { label, runtime: { kind: "program", run, check, needs, install } };
}

function readJson(file: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof json === "object" && json !== null) return { ...json };
  } catch (error) {
    if (hasCode(error, "ENOENT")) return {};
    fail(file, messageOf(error));
  }
  fail(file, "it is not an object");
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string" && one !== "");
}

function fail(file: string, reason: string): never {
  throw new Failure("layout", `${file}: ${reason}. It looks like ${example}`);
}

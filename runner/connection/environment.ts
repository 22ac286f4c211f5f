import { readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "dotenv";
import { hasCode } from "../common/failure.ts";
import { commandFor, isInstalled } from "../common/project.ts";
import { SetupError } from "./errors.ts";

/** `.env` beside the folder of the drivers; where they are a package, in the working directory. */
export const envFile = isInstalled ? resolve(".env") : join(import.meta.dirname, "../../.env");

/**
 * Reads DATABASE_URL from the environment, or from `.env`.
 * @returns undefined where neither has one
 * @throws SetupError where `.env` is there and cannot be used
 */
export function databaseUrl(): string | undefined {
  return process.env.DATABASE_URL || urlIn(readEnvFile() ?? "");
}

/**
 * Says why a connection string that may be meant is not used. Nothing of its value is shown.
 * @returns undefined where there is no `.env`, or only comments are in it
 * @throws SetupError where it cannot be used
 */
export function missingInEnvFile(): string | undefined {
  const text = readEnvFile();
  if (text === undefined || !/^\s*[^#\s]/m.test(text)) return undefined;
  const isUrl = (value: string) => /^["'`]?postgres(ql)?:/.test(value.trim());
  const [other] = Object.entries(parse(text)).find(([, value]) => isUrl(value)) ?? [];
  let remedy = "Add it.";
  if (text.split(/\r?\n/).some(isUrl)) remedy = "Write DATABASE_URL= before the connection string.";
  else if (other) remedy = `There is ${other}: name it DATABASE_URL.`;
  else if (/^\s*(export\s+)?DATABASE_URL\s*=/m.test(text))
    remedy = "It is empty: put the value after it.";
  return `${envFile} does not set DATABASE_URL. ${remedy}`;
}

/** @throws SetupError where dotenv reads only a part */
function urlIn(text: string): string | undefined {
  const { DATABASE_URL: url } = parse(text);
  const { DATABASE_URL: whole } = parse(text.replace(/(?<=[^\s"'`])#/g, "\0"));
  if (whole?.replaceAll("\0", "#") === url) return url || undefined;
  throw new SetupError(
    `In ${envFile}, the # in DATABASE_URL begins a comment, and cuts it off. Put the connection string in quotes: DATABASE_URL="..."`,
  );
}

/** @returns undefined where there is no such file */
function readEnvFile(): string | undefined {
  const bytes = readBytes();
  if (!bytes) return undefined;
  try {
    // The decoder drops a byte order mark, and refuses what is not text.
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (!text.includes("\0")) return text;
  } catch {
    // the message below serves for both
  }
  throw new SetupError(`${envFile} is not a text file in UTF-8. Save it as one.`);
}

function readBytes(): Buffer | undefined {
  try {
    // A pipe would be waited for.
    if (statSync(envFile).isFile()) return readFileSync(envFile);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw new SetupError(`${envFile} cannot be read. Check its permissions, or remove it.`);
  }
  throw new SetupError(`${envFile} is not a regular file. Remove it, or set DATABASE_URL.`);
}

const advice = isInstalled
  ? "Put your connection string into .env"
  : "Copy .env.example to .env and put your connection string there";

/** @param guide the directory of the guide, of which a step is run by itself */
export function missingUrl(guide: string): string {
  const problem = missingInEnvFile() ?? `DATABASE_URL is not set. ${advice}.`;
  return `${problem} Or run the whole guide without one: ${commandFor(guide)}`;
}

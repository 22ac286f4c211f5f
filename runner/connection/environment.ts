import { readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "dotenv";
import { guideCommand, isInstalled } from "../common/project.ts";
import { SetupError } from "./errors.ts";

/** `.env` beside the folder of the drivers; where they are a package, in the working directory. */
export const envFile = isInstalled ? resolve(".env") : join(import.meta.dirname, "../../.env");

/**
 * Reads DATABASE_URL from the environment, or from `.env`.
 * @returns undefined where neither has one
 * @throws SetupError where `.env` is there and cannot be used
 */
export function databaseUrl(): string | undefined {
  return process.env.DATABASE_URL || readEnvFile().DATABASE_URL || undefined;
}

function readEnvFile(): Record<string, string> {
  const bytes = readBytes();
  if (!bytes) return {};
  try {
    // The decoder drops a byte order mark, and refuses what is not text.
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (!text.includes("\0")) return parse(text);
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
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new SetupError(`${envFile} cannot be read. Check its permissions, or remove it.`);
  }
  throw new SetupError(`${envFile} is not a regular file. Remove it, or set DATABASE_URL.`);
}

const advice = isInstalled
  ? "Put your connection string into .env"
  : "Copy .env.example to .env and put your connection string there";

/** For a step that is run by itself. */
export const missingUrl = `DATABASE_URL is not set. ${advice}, or run the whole guide without one: ${guideCommand}`;

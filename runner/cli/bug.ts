import { readFileSync } from "node:fs";
import { packageFile } from "../common/project.ts";
import { harmless } from "../common/visible.ts";

/**
 * What to print for an error that nobody foresaw: it is ours, and its stack is what we need. An error's
 * other fields are left out, and so is what a connection string has before its host: they may be secret.
 */
export function bugReport(error: unknown): string {
  const { version } = JSON.parse(readFileSync(packageFile, "utf8"));
  const where = `${version}, Node.js ${process.version}, ${process.platform} ${process.arch}`;
  return harmless(
    `This is a bug in the guide's runner (${where}). Please report it where you found this project, with these lines:
${withoutLogins(stackOf(error))}`,
  );
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stack = error.stack ?? error.message;
  return error.cause === undefined ? stack : `${stack}\nCaused by: ${stackOf(error.cause)}`;
}

/** A password may hold anything, blanks too: whatever stands before the last @ of a line goes. */
function withoutLogins(text: string): string {
  return text.replace(/\b(postgres(?:ql)?:\/\/).*@/g, "$1...@");
}

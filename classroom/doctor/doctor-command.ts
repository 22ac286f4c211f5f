import wrapAnsi from "wrap-ansi";
import type { Context } from "../../runner/cli/program.ts";
import { harmless } from "../../runner/common/visible.ts";
import { type Check, examine } from "./checks.ts";

/** Checks what a run needs. @returns the exit code: 0 only if the guide will run */
export async function doctorCommand(
  { json = false }: { readonly json?: boolean },
  { print, signal }: Context,
): Promise<number> {
  const checks = await examine(signal);
  const ready = checks.every(({ status }) => status !== "failed");
  // What a pipe gets is not wrapped, so that it can be searched by line.
  const columns = process.stdout.isTTY ? process.stdout.columns || 80 : Number.POSITIVE_INFINITY;
  print(
    json
      ? `${JSON.stringify({ ready, checks }, null, 2)}\n`
      : harmless(describeChecks(checks, columns)),
  );
  return ready ? 0 : 1;
}

/**
 * Writes a line for each check, its remedy below, and a verdict.
 * @param columns of the terminal
 */
export function describeChecks(checks: readonly Check[], columns: number): string {
  const nameWidth = Math.max(...checks.map(({ name }) => name.length));
  const indent = " ".repeat(nameWidth + 4);
  const signs = { ok: "✓", warning: "!", failed: "✗" };
  const lines = checks.map(({ name, status, found, remedy }) => {
    const text = remedy ? `${found}\n${remedy}` : found;
    const wrapped = wrapAnsi(harmless(text), Math.max(20, columns - indent.length));
    return `${signs[status]} ${name.padEnd(nameWidth)}  ${wrapped.replaceAll("\n", `\n${indent}`)}`;
  });
  const ready = checks.every(({ status }) => status !== "failed");
  const verdict = ready ? "The guide will run here." : "The guide will not run here yet.";
  return `${lines.join("\n")}\n\n${verdict}\n`;
}

import type { Context } from "../../runner/cli/program.ts";
import { harmless } from "../../runner/common/visible.ts";
import { describeChecks, examine } from "./examine.ts";

/** `doctor`: what a run needs, checked. @returns the exit code: 0 only where the guide will run */
export async function doctorCommand(
  { json = false }: { readonly json?: boolean },
  { print, signal }: Context,
): Promise<number> {
  const checks = await examine(signal);
  const isReady = checks.every(({ status }) => status !== "failed");
  print(
    json
      ? `${JSON.stringify({ ready: isReady, checks }, null, 2)}\n`
      : harmless(describeChecks(checks)),
  );
  return isReady ? 0 : 1;
}

import type { JudgedRun } from "../verify/judged-run.ts";

/**
 * What there is to say about a run that does not match, as lines: diffs, reasons, stderr. Drivers
 * that differ from the golden file in the same way share one diff.
 */
export function detailsOf({ drivers }: JudgedRun): string[] {
  const diffs = new Map<string, { head: string; names: string[] }>();
  const others: string[] = [];
  for (const { driver, outcome, diff } of drivers) {
    if (outcome.kind === "skipped") others.push(`${driver} was skipped: ${outcome.because}.`);
    else if (outcome.kind === "failed") {
      const said = outcome.stderr.split("\n").filter((line) => line.trim());
      others.push(`${driver} ${outcome.reason}.`, ...said);
    } else if (diff) {
      const [head = "", , ...body] = diff.trimEnd().split("\n");
      const text = body.join("\n");
      const same = diffs.get(text) ?? { head, names: [] };
      same.names.push(driver);
      diffs.set(text, same);
    }
  }
  const shown = [...diffs].flatMap(([body, { head, names }]) => {
    return [head, `+++ ${names.join(" and ")} printed`, ...body.split("\n")];
  });
  return [...shown, ...others];
}

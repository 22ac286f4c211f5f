import type { JudgedRun } from "../verify/judged-run.ts";

/**
 * What there is to say about a run that does not match, as lines: diffs, reasons, stderr. Clients
 * that differ from the golden file in the same way share one diff.
 */
export function detailsOf({ clients }: JudgedRun): string[] {
  const diffs = new Map<string, { head: string; names: string[] }>();
  const others: string[] = [];
  for (const { client, outcome, diff } of clients) {
    if (outcome.kind === "skipped") others.push(`${client} was skipped: ${outcome.because}.`);
    else if (outcome.kind === "failed") {
      const said = outcome.stderr.split("\n").filter((line) => line.trim());
      others.push(`${client} ${outcome.reason}.`, ...said);
    } else if (diff) {
      const [head = "", , ...body] = diff.trimEnd().split("\n");
      const text = body.join("\n");
      const same = diffs.get(text) ?? { head, names: [] };
      same.names.push(client);
      diffs.set(text, same);
    }
  }
  const shown = [...diffs].flatMap(([body, { head, names }]) => {
    return [head, `+++ ${names.join(" and ")} printed`, ...body.split("\n")];
  });
  return [...shown, ...others];
}

import { machineText } from "./machine.ts";
import type { Outcome } from "./measure.ts";
import { goalTable, resultTable } from "./table.ts";

/** The outcome for people, in Markdown. */
export function asText({ machine, rounds, isQuick, results, goals, leftOut }: Outcome): string {
  const known = goals.filter(({ value }) => value !== null);
  const unverified = results.flatMap(({ name, notVerified }) =>
    notVerified === null ? [] : [`${name} was not verified, and has no figures. ${notVerified}`],
  );
  const paragraphs = [
    machineText(machine),
    `${rounds} runs of each case, in turn, after a warm-up.`,
    ...(isQuick ? ["**A quick look. Three runs are too few: do not rely on these figures.**"] : []),
    ...leftOut,
    ...unverified,
    resultTable(results),
    ...(known.length > 0 ? [goalTable(known)] : []),
  ];
  return `${paragraphs.map((paragraph) => paragraph.trimEnd()).join("\n\n")}\n`;
}

/** The outcome with every single measurement. */
export function asJson(outcome: Outcome): string {
  return `${JSON.stringify(outcome, null, 2)}\n`;
}

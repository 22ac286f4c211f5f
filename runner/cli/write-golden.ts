import type { Reporter } from "../report/events.ts";
import { type Runs, refuseOtherSources, runAll } from "../run/run-all.ts";
import { refuseChanged } from "../verify/golden.ts";
import { type JudgedRun, judgeRun } from "../verify/judge.ts";
import { type Accept, updateGoldenFile } from "../verify/update.ts";

/**
 * Writes the golden files that are accepted, and reports all runs.
 * @param choice what was run. Where it is one client, a first golden file needs a second run of it, which shows
 *   what varies
 * @returns the runs, judged by the files as they are now
 * @throws Failure of kind "layout" for a golden file that cannot be written, and for it or a source that changed meanwhile
 */
export async function writeGolden(
  executed: readonly JudgedRun[],
  accept: Accept,
  choice: Runs,
  reporter: Reporter,
): Promise<readonly JudgedRun[]> {
  const isFirst = executed.some(({ verdict }) => verdict === "missing");
  const judged =
    isFirst && choice.clients.length === 1 ? await compareWithAnother(executed, choice) : executed;
  const accepted = await accept(judged);
  // The reader may have taken long to answer.
  refuseOtherSources(choice);
  refuseChanged(
    judged.flatMap(({ golden, stderr }) => (stderr ? [golden, stderr.golden] : golden)),
  );
  const updated: JudgedRun[] = [];
  // From the end: an output that grows moves what is below it on its page.
  for (const run of judged.toReversed()) {
    updated.unshift(accepted.has(run) ? await updateGoldenFile(run, choice.guide.directory) : run);
  }
  for (const run of updated) reporter.run(run);
  return updated;
}

/** Runs everything once more, and judges each run without a golden file by both of its outputs. */
async function compareWithAnother(
  executed: readonly JudgedRun[],
  choice: Runs,
): Promise<readonly JudgedRun[]> {
  for (const client of choice.clients) await choice.session.reset(client);
  const again = await runAll(choice);
  const outcomesOf = ({ clients }: JudgedRun, suffix: string) =>
    clients.map(({ client, outcome }) => [`${client}${suffix}`, outcome] as const);
  return Promise.all(
    executed.map((one) => {
      const other = again.find(({ run }) => run === one.run);
      // After --bail, nothing runs any more.
      if (one.verdict !== "missing" || !other || other.verdict === "skipped") return one;
      const outcomes = [...outcomesOf(one, ""), ...outcomesOf(other, ", again")];
      return judgeRun(one.run, one.golden, outcomes);
    }),
  );
}

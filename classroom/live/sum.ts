import { listed } from "../../runner/document/words.ts";
import type { JudgedRun } from "../../runner/verify/judge.ts";
import { databasesAfter, type Sight } from "./sight.ts";

/**
 * What running all came to, in a sentence.
 * @param judged the runs that the databases have behind them, without those that are stale
 * @param duration milliseconds
 */
export function sumOf(sight: Sight, judged: readonly JudgedRun[], duration: number): string {
  const all = sight.guide.runs.filter(({ isSetup }) => !isSetup).length;
  const matches = judged.filter(({ verdict }) => verdict === "match");
  const documented = matches.filter(({ run }) => !run.isSetup).length;
  const count = documented === all ? `All ${all}` : `${documented} of ${all}`;
  const divided = matches.filter(
    ({ run }) => databasesAfter(sight, run.index).kind === "different",
  );
  const names = listed(divided.map(({ run }) => run.name));
  const tables = divided.length > 0 ? `, but the tables differ after ${names}` : "";
  return `${count} match, in ${(duration / 1000).toFixed(1)} s${tables}.`;
}

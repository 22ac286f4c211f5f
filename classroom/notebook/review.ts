import { color, paintDiff } from "../../runner/common/color.ts";
import { visible } from "../../runner/common/visible.ts";
import { detailsOf } from "../../runner/report/details.ts";
import { isGood, type JudgedRun } from "../../runner/verify/judge.ts";
import { isUpdatable } from "../../runner/verify/update.ts";
import type { Keys } from "../common/keys.ts";

/**
 * `--review`: shows each proposed change to a golden file, and asks for a decision. A change on which
 * the clients disagree is shown, but cannot be accepted.
 */
export function reviewWith(keys: Keys, write: (text: string) => void, signal: AbortSignal) {
  return async (runs: readonly JudgedRun[]): Promise<ReadonlySet<JudgedRun>> => {
    const accepted = new Set<JudgedRun>();
    const proposals = runs.filter(({ verdict }) => !isGood(verdict) && verdict !== "skipped");
    let all = false;
    for (const [index, run] of proposals.entries()) {
      write(`\n${color.bold(`${index + 1} of ${proposals.length}: ${run.golden.name}`)}\n`);
      for (const line of detailsOf(run)) write(`${paintDiff(visible(line))}\n`);
      if (!isUpdatable(run)) {
        write(`This cannot be accepted: ${run.verdict}. The clients have to succeed and agree.\n`);
        continue;
      }
      const decision = all ? "a" : await decide(keys, write, signal);
      if (decision === "q") break;
      if (decision === "A") all = true;
      if (decision === "a" || decision === "A") accepted.add(run);
    }
    return accepted;
  };
}

const decisions: Readonly<Record<string, string>> = {
  a: "accepted",
  r: "rejected",
  s: "skipped",
  A: "accepted, with all that follow",
  q: "quit",
};

async function decide(keys: Keys, write: (text: string) => void, signal: AbortSignal) {
  write("a accept · r reject · s skip · A accept all · q quit ");
  for (;;) {
    const key = await keys.next(signal);
    const decision = Object.hasOwn(decisions, key) ? decisions[key] : undefined;
    if (!decision) continue;
    write(`→ ${decision}\n`);
    return key;
  }
}

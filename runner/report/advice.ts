import { relative } from "node:path";
import type { Guide } from "../guide/guide.ts";
import type { JudgedRun } from "../verify/judged-run.ts";

/** What to do next about a run that does not match. Empty where there is nothing to say. */
export function adviceFor(guide: Guide, { run, golden, verdict, drivers }: JudgedRun): string {
  const file = relative(process.cwd(), run.step.file);
  switch (verdict) {
    case "drift":
      return `All drivers agree. If this is what the guide should say: ${guide.command} --update. If not, look at ${file}.`;
    case "divergence":
      return `The drivers disagree, so a driver is wrong: look at the one whose output is not the documented one, in drivers/. What is different each time gets a marker in ${golden.name}: [..]`;
    case "error": {
      // Not the step by itself: without the steps before it, it finds no table.
      const failed = drivers.find(({ outcome }) => outcome.kind === "failed")?.driver;
      return `For a closer look: ${guide.command} --step ${run.step.number} --driver ${failed}`;
    }
    case "missing":
      return `${golden.name} is ${golden.exists ? "empty" : "not there"}. Write it: ${guide.command} --update`;
    case "match":
    case "skipped":
      return "";
  }
}

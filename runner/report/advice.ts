import type { JudgedRun } from "../run/judged-run.ts";

/**
 * What to do next about a run that does not match.
 * @param file the golden file, as the reader would name it
 */
export function adviceFor(judged: JudgedRun, file: string): string {
  const { name } = judged.run.step;
  switch (judged.verdict) {
    case "drift":
      return `All drivers agree. If this is what the guide should say: npx tsx run-guide.ts --update. If not, look at steps/${name}.ts.`;
    case "divergence":
      return "The drivers disagree, so a driver is wrong: look at the one whose output is not the documented one, in drivers/.";
    case "error":
      return `Run it by itself for a closer look: npx tsx steps/${name}.ts`;
    case "missing":
      return `${file} is ${judged.golden.exists ? "empty" : "not there"}. Write it: npx tsx run-guide.ts --update`;
    case "match":
    case "skipped":
      return "";
  }
}

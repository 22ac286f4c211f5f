import { join } from "node:path";
import { makeLoudGuide, writeOutput } from "./guides.ts";
import { runProcess } from "./process.ts";
import { runOther } from "./runner.ts";
import { type Measurement, NotVerified } from "./series.ts";

/** One large output of a step, equal to its golden file or different in every line. */
export interface LoudChoice {
  readonly megabytes: number;
  readonly differs: boolean;
  readonly databaseUrl: string;
  /** A directory for the guide. */
  readonly place: string;
}

/**
 * Makes the guide, once.
 * @returns measures one run of it
 */
export function loudRun(choice: LoudChoice): () => Promise<Measurement> {
  const { megabytes, differs, databaseUrl, place } = choice;
  const guide = makeLoudGuide(place, megabytes, differs ? "documented" : "printed");
  const output = join(guide, "printed");
  writeOutput(output, megabytes, "printed");
  const verdict = differs ? "drift" : "match";

  return async () => {
    const demand = { runs: 1, verdict, server: "given" } as const;
    const environment = { DATABASE_URL: databaseUrl };
    const measurement = await runOther(guide, demand, environment, place);
    return { ...measurement, comparison: await compare(guide, output, verdict) };
  };
}

/** The runner compares within its process, out of our sight: so another process does just that. */
async function compare(guide: string, output: string, verdict: string): Promise<number> {
  const program = join(import.meta.dirname, "judge.ts");
  const { code, stdout, stderr } = await runProcess({
    program: process.execPath,
    choices: ["--import", "tsx", program, guide, output],
  });
  if (code !== 0) throw new NotVerified("The comparison failed.", stderr);
  const judged: { milliseconds: number; verdict: string } = JSON.parse(stdout);
  if (judged.verdict === verdict) return judged.milliseconds;
  throw new NotVerified(`The comparison came to "${judged.verdict}".`);
}

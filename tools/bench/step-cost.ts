import { join } from "node:path";
import { compileSteps } from "../../runner/run/compile-steps.ts";
import type { Field } from "./peers.ts";
import { root, runProcess } from "./process.ts";
import { type Measurement, median, NotVerified } from "./series.ts";

const PAIRS = 10;

/** Runs a program, and prints the seconds of processor time that it took on the last line of stderr. */
const timed = 'TIMEFORMAT="%U %S"; time "$@"';

/**
 * Measures what a step costs: 02-read with pg and a plain script with pg, both compiled, run in turn. Each
 * pair gives its own ratio of processor times.
 */
export async function pairWithPlain({ guide, server, directory }: Field): Promise<Measurement> {
  const [create, read] = guide.steps;
  if (!create || !read) throw new Error("The guide has fewer than two steps.");
  const driver = { name: "pg", file: join(root, "drivers/pg.ts") };
  const plain = { name: "plain-read", file: join(import.meta.dirname, "plain-read.ts") };
  const output = join(directory, "step-cost");
  const ours = await compileSteps([create, read], output, "", driver);
  const plains = await compileSteps([plain], output);

  return server.withDatabase(async (DATABASE_URL) => {
    const run = async (program = "", ...words: string[]) => {
      const choices = ["-c", timed, "-", process.execPath, program, ...words];
      const ended = await runProcess({ program: "bash", choices, environment: { DATABASE_URL } });
      if (ended.code !== 0) throw new NotVerified(`${program} failed.`, ended.stderr);
      const [user = Number.NaN, system = Number.NaN] = ended.stderr.trim().split(" ").map(Number);
      return { ...ended, processor: user + system };
    };
    await run(ours.get(create), "--driver", "pg");
    const pairs = [];
    for (let count = 0; count < PAIRS; count++) {
      const step = await run(ours.get(read), "--driver", "pg");
      const script = await run(plains.get(plain));
      if (step.stdout !== script.stdout) throw new NotVerified("The outputs differ.");
      pairs.push({ wall: step.wall, ratio: step.processor / script.processor });
    }
    const wall = median(pairs.map((pair) => pair.wall)) ?? Number.NaN;
    return { wall, ratios: pairs.map(({ ratio }) => ratio) };
  });
}

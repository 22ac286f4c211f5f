import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { makeDirectory } from "../runner/workspace/workspace.ts";
import { runProcess, runWithMemory } from "./process.ts";
import { type Demand, verify } from "./report.ts";
import type { Measurement } from "./series.ts";

/** A way to start the runner. */
export interface Start {
  readonly label: string;
  readonly program: string;
  readonly choices: readonly string[];
}

export const starts = {
  tsx: { label: "npx tsx run-guide.ts", program: "npx", choices: ["tsx", "run-guide.ts"] },
  import: {
    label: "node --import tsx run-guide.ts",
    program: process.execPath,
    choices: ["--import", "tsx", "run-guide.ts"],
  },
  node: { label: "node run-guide.ts", program: process.execPath, choices: ["run-guide.ts"] },
} satisfies Record<string, Start>;

const reporter = ["--reporter", "json"];

/** Runs this project's own guide once. */
export async function runGuide(
  { program, choices }: Start,
  demand: Demand,
  environment: NodeJS.ProcessEnv,
): Promise<Measurement> {
  const ended = await runProcess({ program, choices: [...choices, ...reporter], environment });
  verify(ended, demand);
  return { wall: ended.wall, memory: null, comparison: null };
}

/** Runs the guide as on a machine that never ran it: nothing of the runner's is cached. */
export async function runFirst(start: Start, demand: Demand, place: string): Promise<Measurement> {
  const cache = unusedName(place);
  makeDirectory(cache);
  try {
    return await runGuide(start, demand, { XDG_CACHE_HOME: cache, LOCALAPPDATA: cache });
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}

/** Runs another guide, and measures the runner's memory. */
export async function runOther(
  guide: string,
  demand: Demand,
  environment: NodeJS.ProcessEnv,
  place: string,
): Promise<Measurement> {
  const choices = [...starts.import.choices, "--guide", guide, ...reporter];
  const ended = await runWithMemory(choices, unusedName(place), environment);
  verify(ended, demand);
  return { wall: ended.wall, memory: ended.memory, comparison: null };
}

/** Starts several runners at once, each with its embedded server. The time is the last one's. */
export async function runCrowd(count: number, demand: Demand): Promise<Measurement> {
  const crowd = Array.from({ length: count }, () => runGuide(starts.import, demand, {}));
  await Promise.allSettled(crowd); // whatever one of them does, the next case begins after all
  const walls = (await Promise.all(crowd)).map(({ wall }) => wall);
  return { wall: Math.max(...walls), memory: null, comparison: null };
}

function unusedName(place: string): string {
  return join(place, randomBytes(6).toString("hex"));
}

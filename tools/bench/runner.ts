import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { makeDirectory } from "../../runner/workspace/cache-directory.ts";
import { type Ended, runProcess } from "./process.ts";
import { type Measurement, NotVerified } from "./series.ts";

/** A way to start the runner. */
export interface Start {
  readonly label: string;
  readonly program: string;
  /** Without the file to run. */
  readonly choices: readonly string[];
}

export const starts = {
  tsx: { label: "npx tsx", program: "npx", choices: ["tsx"] },
  import: { label: "node --import tsx", program: process.execPath, choices: ["--import", "tsx"] },
  node: { label: "node", program: process.execPath, choices: [] },
} satisfies Record<string, Start>;

/** What a report must say for its run to count. */
export interface Demand {
  /** How many runs of steps, each with both clients. */
  readonly runs: number;
  readonly verdict: "match" | "drift";
  readonly server: "embedded" | "external";
}

/** The parts of the JSON report that prove a run: docs/json-report.md. */
interface Report {
  readonly server: string;
  readonly runs: readonly { readonly diff: string | null }[];
  readonly summary: {
    readonly verified: boolean;
    readonly runs: number;
    readonly clients: number;
    readonly verdicts: Readonly<Record<string, number>>;
  };
}

/** Runs this project's own guide once. */
export async function runGuide(
  { program, choices }: Start,
  demand: Demand,
  environment: NodeJS.ProcessEnv,
): Promise<Measurement> {
  const all = [...choices, "run-guide.ts", "--reporter", "json"];
  const ended = await runProcess({ program, choices: all, environment });
  verify(ended, demand);
  return { wall: ended.wall };
}

/** Runs the guide as on a machine that never ran it: nothing of the runner's is cached. */
export async function runFirst(start: Start, demand: Demand, cache: string): Promise<Measurement> {
  makeDirectory(cache);
  try {
    return await runGuide(start, demand, { XDG_CACHE_HOME: cache, LOCALAPPDATA: cache });
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}

/** Starts several runners at once, each with its embedded server. The time is the last one's. */
export async function runCrowd(count: number, demand: Demand): Promise<Measurement> {
  const crowd = Array.from({ length: count }, () => runGuide(starts.import, demand, {}));
  await Promise.allSettled(crowd); // the next case begins after all, even if one fails
  return { wall: Math.max(...(await Promise.all(crowd)).map(({ wall }) => wall)) };
}

/** Runs another guide, and measures the runner's memory from within. */
export async function runOther(
  guide: string,
  demand: Demand,
  DATABASE_URL: string,
): Promise<Measurement> {
  const file = join(guide, "peak-memory");
  const hook = pathToFileURL(join(import.meta.dirname, "peak-memory.mjs")).href;
  const ended = await runProcess({
    program: process.execPath,
    choices: [
      ...["--import", hook, "--import", "tsx", "run-guide.ts"],
      ...["--guide", guide, "--reporter", "json"],
    ],
    environment: { DATABASE_URL, BENCH_PEAK_MEMORY_FILE: file },
  });
  verify(ended, demand);
  if (!existsSync(file)) throw new NotVerified("It left no peak of its memory.");
  return { wall: ended.wall, memory: Number(readFileSync(file, "utf8")) };
}

/** Another process compares, since the runner's own comparison cannot be timed from outside. */
export async function compare(guide: string, output: string, verdict: string): Promise<number> {
  const choices = ["--import", "tsx", join(import.meta.dirname, "judge.ts"), guide, output];
  const { code, stdout, stderr } = await runProcess({ program: process.execPath, choices });
  if (code !== 0) throw new NotVerified("The comparison failed.", stderr);
  const judged: { milliseconds: number; verdict: string } = JSON.parse(stdout);
  if (judged.verdict === verdict) return judged.milliseconds;
  throw new NotVerified(`The comparison came to "${judged.verdict}".`);
}

/** Checks the exit code and the JSON report of a runner. */
function verify({ code, stdout, stderr }: Ended, demand: Demand): void {
  const isMatch = demand.verdict === "match";
  if (code !== (isMatch ? 0 : 1)) throw new NotVerified(`It exited with ${code}.`, stderr);
  const { server, runs, summary }: Report = JSON.parse(stdout);
  const said = {
    verified: summary.verified,
    server: server.startsWith("embedded") ? "embedded" : "external",
    clients: summary.clients,
    runs: summary.runs,
    judged: summary.verdicts[demand.verdict],
    // A diff of outputs that differ everywhere is there, is short, and says that it was cut.
    diffs: runs.every(({ diff }) => isMatch || (diff?.includes("is cut") && diff.length < 100_000)),
  };
  const { runs: count } = demand;
  const wanted = { verified: isMatch, server: demand.server, clients: 2, runs: count };
  const due = JSON.stringify({ ...wanted, judged: count, diffs: true });
  if (JSON.stringify(said) !== due) {
    throw new NotVerified(`Its report says ${JSON.stringify(said)}, and not ${due}.`);
  }
}

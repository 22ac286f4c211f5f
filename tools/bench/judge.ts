// A process of its own that does what the runner does with a step's output, and prints how long
// that took: `judge.ts GUIDE OUTPUT`. Nothing is warm in it, as nothing is in a runner.
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { readGolden } from "../../runner/verify/golden.ts";
import { judgeRun } from "../../runner/verify/judge.ts";

const [directory = "", stdoutFile = ""] = process.argv.slice(2);
const guide = await loadGuide(directory);
const [run] = guide.runs;
if (!run) throw new Error(`${directory} has no runs`);

const ran = { kind: "finished", duration: 0, stdoutFile, stderr: "", exitCode: 0 } as const;
const outcomes = guide.drivers.map((driver) => [driver, ran] as const);
const started = performance.now();
const golden = readGolden(directory, run);
const { verdict } = await judgeRun(run, golden, outcomes);
const milliseconds = performance.now() - started;

console.log(JSON.stringify({ milliseconds, verdict }));

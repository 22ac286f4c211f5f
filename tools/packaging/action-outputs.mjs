// The outputs of the action, for GitHub: what the JSON report and the exit code say. If the report could not be
// written, nothing is verified.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";

const [file = "", exitCode] = process.argv.slice(2);
const report = readReport();
const summary = report?.summary;
const isGood = exitCode === "0" && summary !== undefined;
const end = randomUUID(); // a path may have several lines, and none of them may pass for an output

const { match = 0, unverified = 0 } = summary?.verdicts ?? {};
const documented = summary?.documented ?? 0;
const isPart = [report, ...(report?.guides ?? [])].some(
  (one) => one?.shard || one?.onlyChanged || one?.partial,
);
const isVerified = isGood && summary.verified === true && match === documented;
console.log(`verified=${isVerified && !isPart}`);
const stopped = summary?.guides?.stopped ?? 0; // those of several that could not be run
const failed = summary ? summary.runs - match - unverified + stopped : 0;
console.log(`failed=${isGood ? 0 : Math.max(1, failed)}`); // a run that could not begin has none
console.log(`report<<${end}\n${summary ? file : ""}\n${end}`);

function readReport() {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

// The outputs of the action, for GitHub: what the JSON report says. Where the run could not begin, or could
// not write its report, there is none, and nothing is verified.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";

const [file = ""] = process.argv.slice(2);
const summary = readSummary();
const end = randomUUID(); // a path may have several lines, and none of them may pass for an output

console.log(`verified=${summary?.verified ?? false}`);
console.log(`failed=${summary ? summary.runs - summary.verdicts.match : ""}`);
console.log(`report<<${end}\n${summary ? file : ""}\n${end}`);

function readSummary() {
  try {
    return JSON.parse(readFileSync(file, "utf8")).summary;
  } catch {
    return undefined;
  }
}

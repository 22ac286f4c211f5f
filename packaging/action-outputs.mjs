// The outputs of the action, for GitHub: what the JSON report says. Where the run could not begin, there
// is none, and nothing is verified.
import { existsSync, readFileSync } from "node:fs";

const [file = ""] = process.argv.slice(2);
const isThere = existsSync(file);
const { summary } = isThere ? JSON.parse(readFileSync(file, "utf8")) : {};

console.log(`verified=${summary?.verified ?? false}`);
console.log(`failed=${summary ? summary.runs - summary.verdicts.match : ""}`);
console.log(`report=${isThere ? file : ""}`);

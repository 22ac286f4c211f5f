/**
 * Records what psql prints, for psql-format.test.ts. On an empty database of a server of the embedded version:
 *
 *   npx tsx tests/page/sql/record-psql.ts postgresql://…
 */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { psqlStatements } from "./psql-statements.ts";

const begin = "==begin==";
const end = "==end==";
const script = psqlStatements.flatMap(({ sql, display }) => [
  `\\pset expanded ${display.expanded ? "on" : "off"}`,
  `\\pset null '${display.nullText}'`,
  `\\pset tuples_only ${display.tuplesOnly ? "on" : "off"}`,
  ...[`\\echo ${begin}`, sql, `\\echo ${end}`],
]);
// Without a buffer, so that errors and tables keep their order. A statement of -c has no file name in its errors.
const command = 'url=$1; shift; exec stdbuf -o0 psql -X "$url" "$@" 2>&1';
const options = script.flatMap((text) => ["-c", text]);
const { stdout, status } = spawnSync(
  "sh",
  ["-c", command, "sh", process.argv[2] ?? "", ...options],
  { encoding: "utf8", env: { ...process.env, LC_ALL: "C.UTF-8", PGCLIENTENCODING: "UTF8" } },
);

const outputs = stdout.split(`${begin}\n`).slice(1);
if (outputs.length !== psqlStatements.length) {
  throw new Error(`psql ended after ${outputs.length} statements, with ${status}:\n${stdout}`);
}
const file = join(import.meta.dirname, "psql-outputs.json");
const texts = outputs.map((output) => output.slice(0, output.lastIndexOf(`${end}\n`)));
writeFileSync(file, `${JSON.stringify(texts, null, 2)}\n`);

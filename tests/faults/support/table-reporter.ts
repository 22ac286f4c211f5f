import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Reporter, TestCase, TestModule, Vitest } from "vitest/node";

const suite = join(import.meta.dirname, "..");
const file = join(import.meta.dirname, "../../../docs/faults.md");

interface Row {
  readonly name: string;
  readonly drivers: string;
  readonly outcome: string;
  readonly seconds: number;
}

/**
 * Prints the table that was proved, and checks it against docs/faults.md: every case is there, with the
 * same outcome; after a run of all files, no other is. `--update` writes what was proved there.
 */
export default class TableReporter implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const rows = tests.flatMap(rowOf);
    console.log(`\n${tableOf(sorted(rows.map(lineOf)))}`);

    const notRun = tests.filter((test) => test.result().state === "skipped");
    if (notRun.length > 0) {
      console.log(`Did not run: ${notRun.map(({ name }) => name).join("; ")}.`);
      if (notRun.some(({ name }) => name.startsWith("pooled"))) {
        console.log("PgBouncer is missing. Install it: apt-get install pgbouncer");
      }
    }
    if (notRun.length > 0 || errors.length > 0 || !tests.every((test) => test.ok())) return;
    const isWhole =
      modules.length === readdirSync(suite).filter((name) => /test/.test(name)).length;
    const before = isWhole ? [] : linesOf(readDocument());
    const lines = sorted([...before.filter((line) => !proves(rows, line)), ...rows.map(lineOf)]);
    if (this.#vitest?.config.snapshotOptions.updateSnapshot === "all") {
      write(tableOf(lines));
    } else if (withoutTimes(linesOf(readDocument())) !== withoutTimes(lines)) {
      console.error(
        "docs/faults.md does not say what was proved. Write it: npm run test:faults -- --update",
      );
      process.exitCode = 1;
    }
  }
}

function rowOf(test: TestCase): Row[] {
  const { fault } = test.meta();
  return fault ? [{ name: test.name, ...fault }] : [];
}

function lineOf({ name, drivers, outcome, seconds }: Row): string {
  const cells = [name, drivers, outcome].map((text) => text.replaceAll("|", "\\|"));
  return `| ${[...cells, `${seconds.toFixed(1)} s`].join(" | ")} |`;
}

function tableOf(lines: readonly string[]): string {
  return ["| Case | Drivers | Outcome | Time |", "| --- | --- | --- | ---: |", ...lines, ""].join(
    "\n",
  );
}

function linesOf(document: string): string[] {
  return [...document.matchAll(/^\| .* \| [\d.]+ s \|$/gm)].map(([line]) => line);
}

function sorted(lines: readonly string[]): string[] {
  return [...lines].sort((a, b) => (a < b ? -1 : 1));
}

/** Is the line about one of these cases? */
function proves(rows: readonly Row[], line: string): boolean {
  const caseOf = (text: string) => text.split(" | ").slice(0, 2).join(" | ");
  return rows.some((row) => caseOf(lineOf(row)) === caseOf(line));
}

/** Times differ. */
function withoutTimes(lines: readonly string[]): string {
  return lines.map((line) => line.replace(/[\d.]+ s \|$/, "")).join("\n");
}

function readDocument(): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

function write(table: string): void {
  const date = new Date().toISOString().slice(0, 10);
  const versions = `Node.js ${process.versions.node}, ${process.platform} ${process.arch}`;
  const text = `# The faults that are tested

Written by \`npm run test:faults -- --update\` on ${date}, with ${versions}. Each run of
\`npm run test:faults\` checks it. In each case, the tests check what is printed, the exit code, and that the
command ends in time. Afterwards, no process, directory or scratch database is left, unless the message
names it. The reader's own table is as it was, and the password is in no output, file or process list.

${table}`;
  writeFileSync(file, text);
  console.log("Wrote docs/faults.md.");
}

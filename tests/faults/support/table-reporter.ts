import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Reporter, TestCase, TestModule, Vitest } from "vitest/node";

const file = join(import.meta.dirname, "../../../docs/faults.md");

interface Row {
  readonly name: string;
  readonly drivers: string;
  readonly outcome: string;
  readonly seconds: number;
}

/**
 * Prints the table that the suite proves. A whole and green run is checked against docs/faults.md:
 * every case there was proved, with the same outcome, and no other. `--update` writes the file.
 */
export default class TableReporter implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const rows = tests.flatMap(rowOf);
    const table = tableOf(rows);
    console.log(`\n${table}`);

    const notRun = tests.filter((test) => test.result().state === "skipped");
    if (notRun.length > 0) {
      console.log(`Did not run: ${notRun.map(({ name }) => name).join("; ")}.`);
      if (notRun.some(({ name }) => name.startsWith("pooled"))) {
        console.log("PgBouncer is missing. Install it: apt-get install pgbouncer");
      }
    }
    const isWhole = notRun.length === 0 && errors.length === 0 && tests.every((test) => test.ok());
    if (!isWhole) return;
    if (this.#vitest?.config.snapshotOptions.updateSnapshot === "all") {
      write(table);
      return;
    }
    if (rowsIn(readDocument()) === rowsIn(table)) return;
    console.error(
      "docs/faults.md does not say what was proved. Write it: npm run test:faults -- --update",
    );
    process.exitCode = 1;
  }
}

function rowOf(test: TestCase): Row[] {
  const { fault } = test.meta();
  return fault ? [{ name: test.name, ...fault }] : [];
}

function tableOf(rows: readonly Row[]): string {
  const lines = [...rows]
    .sort((a, b) => (`${a.name} ${a.drivers}` < `${b.name} ${b.drivers}` ? -1 : 1))
    .map(({ name, drivers, outcome, seconds }) => {
      const cells = [name.replaceAll("|", "\\|"), drivers, outcome.replaceAll("|", "\\|")];
      return `| ${[...cells, `${seconds.toFixed(1)} s`].join(" | ")} |`;
    });
  return ["| Case | Drivers | Outcome | Time |", "| --- | --- | --- | ---: |", ...lines, ""].join(
    "\n",
  );
}

/** Without the times, which differ. */
function rowsIn(text: string): string {
  return [...text.matchAll(/^(\| .*) \| [\d.]+ s \|$/gm)].map(([, row]) => row).join("\n");
}

function readDocument(): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

function write(table: string): void {
  const date = new Date().toISOString().slice(0, 10);
  const versions = `Node.js ${process.versions.node}, ${process.platform} ${process.arch}`;
  const text = `# What the guide holds under

Written by \`npm run test:faults -- --update\` on ${date}, with ${versions}, and checked by every run of
\`npm run test:faults\`. Each case states what is printed, the exit code, and a limit within which the
command has ended. Afterwards, each time: no process, no directory and no scratch database is left,
the reader's own table is as it was, and the password is in no output, file or process list.

${table}`;
  writeFileSync(file, text);
  console.log("Wrote docs/faults.md.");
}

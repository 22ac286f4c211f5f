import type { Context } from "../cli/program.ts";
import { Failure } from "../common/failure.ts";
import { realPath } from "../common/paths.ts";
import { harmless, oneLine } from "../common/visible.ts";
import { type ReadReport, readReport } from "./read-report.ts";
import { openManyReports } from "./reports.ts";
import { exitCodeOf } from "./result.ts";

/**
 * `merge A.json B.json`: adds up JSON reports, and shows one summary.
 * @returns the exit code that a run of all of them has
 * @throws Failure of kind "usage" for a file that is not a report, where the report of a shard is missing, and for a
 *   guide that is in two reports
 */
export async function mergeCommand(
  { files }: { files: readonly string[] },
  context: Context,
): Promise<number> {
  refuseTwice(files);
  const reports = files.map(readReport);
  refuseMissingShards(reports);
  refuseSameGuide(reports, files);
  const results = reports.flatMap((report) => report.results);
  const duration = reports.reduce((sum, report) => sum + report.duration, 0);
  const onlyChanged = reports.some((report) => report.onlyChanged);
  const all = { shard: undefined, onlyChanged };
  (await openManyReports([], all, context.print)).end(results, duration);
  for (const name of reports.flatMap(({ partial }) => partial)) {
    const text = `Only a part of ${oneLine(name)} was run: its report lacks steps or clients.\n`;
    context.print(harmless(text));
  }
  return exitCodeOf(results, !onlyChanged);
}

function refuseTwice(files: readonly string[]): void {
  const paths = files.map(realPath);
  const twin = paths.findIndex((path, index) => paths.indexOf(path) < index);
  if (twin >= 0) throw new Failure("usage", `${files[twin]} is given twice. Remove one of them.`);
}

/** Two jobs may have run one guide: its outputs would count twice. */
function refuseSameGuide(reports: readonly ReadReport[], files: readonly string[]): void {
  const known = new Map<string, string>();
  for (const [index, file] of files.entries()) {
    for (const { name } of reports[index]?.results ?? []) {
      const first = known.get(name);
      if (first !== undefined) {
        const problem = `${name} is in both ${first} and ${file}, and would count twice.`;
        throw new Failure("usage", `${problem} Leave one of them out.`);
      }
      known.set(name, file);
    }
  }
}

/** A job that died left no report: without it, the sum would be green. */
function refuseMissingShards(reports: readonly ReadReport[]): void {
  const totals = new Set(reports.flatMap(({ shard }) => shard?.split("/")[1] ?? []));
  for (const total of totals) {
    const parts = reports.filter(({ shard }) => shard?.endsWith(`/${total}`));
    const whole = parts.find(({ onlyChanged }) => !onlyChanged);
    for (let index = 1; index <= Number(total); index++) {
      const name = `${index}/${total}`;
      const [part, twin] = parts.filter(({ shard }) => shard === name);
      const refuse = (problem: string) =>
        new Failure("usage", `The report of --shard ${name} ${problem}.`);
      if (!part) throw refuse("is missing");
      if (twin) throw refuse("is there twice");
      if (whole && part.onlyChanged) {
        throw refuse(`used --only-changed, but --shard ${whole.shard} did not`);
      }
    }
  }
}

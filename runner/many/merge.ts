import type { Context } from "../cli/program.ts";
import { Failure } from "../common/failure.ts";
import { realPath } from "../common/files.ts";
import { openTargets } from "../report/reporters.ts";
import type { MergeOptions } from "./commands.ts";
import { type ReadReport, readReport } from "./read-report.ts";
import { makers } from "./reports.ts";
import { exitCodeOf, totalOf } from "./result.ts";

/**
 * `merge A.json B.json`: adds up reports, and shows one summary.
 * @returns the exit code that a run of all of them has
 * @throws Failure of kind "usage" for a file that is not a report, and where the report of a shard is missing
 */
export async function mergeCommand({ files }: MergeOptions, context: Context): Promise<number> {
  refuseTwice(files);
  const reports = files.map((file) => ({ file, ...readReport(file) }));
  refuseMissingShards(reports);
  const results = reports
    .flatMap((report) => report.results)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const duration = reports.reduce((sum, report) => sum + report.duration, 0);
  const broken = reports.filter(({ failure }) => failure !== null);
  for (const { file, failure } of broken) context.note(`${file}: ${failure}`);
  const total = totalOf(results, duration, true);
  const verified = total.verified && broken.length === 0;
  const event = { total: { ...total, verified }, results, shard: null, failure: null };
  const { targets, close } = await openTargets([], [], context.print);
  for (const target of targets) (await makers[target.name](target)).end(event);
  const lost = close();
  if (lost) throw lost;
  const code = exitCodeOf(results, true);
  return code === 0 && broken.length > 0 ? 1 : code;
}

function refuseTwice(files: readonly string[]): void {
  const paths = files.map(realPath);
  const twin = files.find((_, index) => paths.indexOf(realPath(files[index] ?? "")) < index);
  if (twin !== undefined) throw new Failure("usage", `${twin} is there twice. Remove one of them.`);
}

/** A job that died left no report: without it, the sum would be green. */
function refuseMissingShards(reports: readonly ReadReport[]): void {
  const shards = reports.flatMap(({ shard }) => shard ?? []);
  const totals = [...new Set(shards.map((shard) => Number(shard.split("/")[1])))];
  for (const total of totals) {
    for (let index = 1; index <= total; index++) {
      const name = `${index}/${total}`;
      const count = shards.filter((shard) => shard === name).length;
      if (count === 1) continue;
      const problem = count === 0 ? "is missing" : "is there twice";
      throw new Failure("usage", `The report of --shard ${name} ${problem}.`);
    }
  }
}

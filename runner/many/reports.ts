import type { Shard } from "../cli/run.ts";
import { useColor } from "../common/color.ts";
import { attempt } from "../common/failure.ts";
import {
  notEnded,
  openTargets,
  type ReporterName,
  type ReporterOptions,
  type Target,
  whyEnded,
} from "../report/reporters.ts";
import type { ListedGuide } from "./guide-list.ts";
import {
  type Beginning,
  type Ending,
  exitCodeOf,
  type GuideReporter,
  type GuideResult,
  type ManyReporter,
  totalOf,
} from "./result.ts";

/** Which guides the reports are about. */
interface Reported {
  readonly shard: Shard | undefined;
  /** True where those that did not change are left out. */
  readonly onlyChanged: boolean;
}

/** Reports to all reporters. @throws Failure of kind "usage" for a report that cannot be written */
export async function openManyReports(
  choices: readonly ReporterOptions[],
  { shard, onlyChanged }: Reported,
  print: (text: string) => void,
) {
  const part = shard ? `${shard.index}/${shard.total}` : null;
  const endingOf = (
    results: readonly GuideResult[],
    duration: number,
    failure: string | null,
  ): Ending => {
    const passed = failure === null && exitCodeOf(results, !shard && !onlyChanged) === 0;
    const total = totalOf(results, duration, passed);
    return { passed, total, results, shard: part, onlyChanged, failure };
  };
  const { targets, close } = await openTargets(choices, print, async (target) => {
    (await makers[target.name](target)).end(endingOf([], 0, notEnded));
  });
  const reporters = await Promise.all(targets.map((target) => makers[target.name](target)));
  const finished: GuideResult[] = [];
  let hasEnded = false;

  /** @param duration milliseconds; until now, if it isn't given */
  function end(
    ended: readonly GuideResult[],
    duration = Math.round(process.uptime() * 1000),
    failure: string | null = null,
  ): void {
    hasEnded = true;
    const results = ended.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const event = endingOf(results, duration, failure);
    for (const reporter of reporters) reporter.end(event);
    const lost = close();
    if (lost) throw lost;
  }

  return {
    begin(event: Beginning): void {
      for (const reporter of reporters) reporter.begin(event);
    },
    guide({ name, path }: ListedGuide): GuideReporter {
      const own = reporters.map((reporter) => reporter.guide(name, path));
      return {
        start: (event) => own.forEach((one) => void one.start(event)),
        run: (judged) => own.forEach((one) => void one.run(judged)),
        end(result) {
          finished.push(result);
          for (const one of own) one.end(result);
        },
      };
    },
    end,
    /** Ends the reports of a run that could not begin or go on. Does nothing if they have ended. */
    fail(error: unknown): void {
      // Why the run ended says more than why its report is incomplete.
      if (!hasEnded) attempt(() => end(finished, undefined, whyEnded(error)), undefined);
    },
  };
}

/** Only the reporters that are wanted are loaded. */
const makers: Record<ReporterName, (target: Target) => Promise<ManyReporter>> = {
  terminal: async ({ write, file }) => {
    const isColored = !file && useColor(process.stdout);
    return (await import("./terminal.ts")).reportToTerminal(write, isColored, !!file);
  },
  json: async ({ write }) => (await import("./documents.ts")).reportAsJson(write),
  junit: async ({ write }) => (await import("./documents.ts")).reportAsJunit(write),
  sarif: async ({ write }) => (await import("./documents.ts")).reportAsSarif(write),
  tap: async ({ write }) => (await import("./streams.ts")).reportAsTap(write),
  github: async ({ write, appendSummary }) =>
    (await import("./streams.ts")).reportToGithub(write, appendSummary),
};

import { problemOf, type Write } from "../report/events.ts";
import { collectReport, jsonText } from "../report/json.ts";
import { collectSuites, junitText, loneSuite, type Suite } from "../report/junit.ts";
import { collectResults } from "../report/sarif.ts";
import type { GuideResult, ManyReporter } from "./result.ts";

/** One JSON document: the report of each guide, and a summary of all. docs/json-report.md describes it. */
export function reportAsJson(write: Write): ManyReporter {
  const reports = new Map<string, object>();
  return {
    begin() {},
    guide(name) {
      const { start, run, report } = collectReport(name);
      return {
        start,
        run,
        end({ summary, failure, state, reasons, known, exitCode }) {
          const { version, ...own } = report({ summary, failure: failure ?? undefined });
          reports.set(name, { state, exitCode, known, reasons, ...own });
        },
      };
    },
    end({ total, results, shard, onlyChanged, failure }) {
      const guides = results.map(({ name }) => reports.get(name));
      write(jsonText({ version: 1, shard, onlyChanged, guides, summary: total, failure }));
    },
  };
}

/** One JUnit XML document: a suite for each client of each guide. */
export function reportAsJunit(write: Write): ManyReporter {
  const ofGuides = new Map<string, readonly Suite[]>();
  return {
    begin() {},
    guide(name) {
      const { start, run, suites: own } = collectSuites(`${name}: `);
      return {
        start,
        run,
        end(result) {
          const why = emptyReason(result);
          const { withoutDriver } = result.summary;
          const all = why
            ? [loneSuite(name, "skipped", why, "nothing")]
            : own(failureOf(result), withoutDriver);
          ofGuides.set(name, all);
        },
      };
    },
    end({ total, results, failure }) {
      const all = results.flatMap(({ name }) => ofGuides.get(name) ?? []);
      const whole = failure === null ? [] : collectSuites().suites(failure);
      const suites = [...all, ...whole];
      // Some programs fail for a report without a case.
      if (suites.length === 0) suites.push(loneSuite("guides", "skipped", noGuide, "nothing"));
      write(junitText("guides", suites, total.duration));
    },
  };
}

/** Why a guide failed, where none of its runs says it. */
function failureOf(result: GuideResult): string | undefined {
  return result.exitCode === 0 ? (result.failure ?? undefined) : problemOf(result);
}

/** Why a part of the guides has no case. */
export const noGuide = "There are no guides to run here.";

/** Why a guide has no case, and needs none. */
export function emptyReason(result: GuideResult): string | undefined {
  const { state, summary, failure, exitCode } = result;
  if (state === "known" && failure !== null) return `It failed before: ${failure}`;
  if (state === "skipped") return "Not run, after --bail.";
  return exitCode === 0 && summary.runs === 0 ? "Nothing to verify." : undefined;
}

/** One SARIF document with the results of all guides. */
export function reportAsSarif(write: Write): ManyReporter {
  const { run, text } = collectResults();
  return {
    begin() {},
    guide: () => ({ start() {}, run, end() {} }),
    end({ results, failure }) {
      const stopped = results.flatMap((result) => {
        const why = result.state === "known" ? undefined : failureOf(result);
        return why === undefined ? [] : [`${result.name}: ${why}`];
      });
      write(text(failure === null ? stopped : [...stopped, failure]));
    },
  };
}

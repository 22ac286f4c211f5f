import { relative } from "node:path";
import { statIfThere } from "../common/read-files.ts";
import { oneLine } from "../common/visible.ts";
import type { Write } from "../report/events.ts";
import { command, githubReporter, inline } from "../report/github.ts";
import { tapReporter } from "../report/tap.ts";
import { emptyReason, noGuide } from "./documents.ts";
import type { GuideResult, ManyReporter } from "./result.ts";
import { summaryLines } from "./summary.ts";

/** In characters. GitHub refuses a summary of more than 1 MiB. */
const SUMMARY_LIMIT = 512_000;

/** TAP version 14: each guide is a subtest. */
export function reportAsTap(write: Write): ManyReporter {
  let points = 0;
  let head = "TAP version 14\n";
  return {
    begin({ server, guides }) {
      write(`${head}# Guides: ${guides}\n# On: ${oneLine(server)}\n`);
      head = "";
    },
    guide(name) {
      let text = "";
      const reporter = tapReporter((part) => {
        text += part;
      });
      return {
        start: reporter.start,
        run: reporter.run,
        end(result) {
          const title = oneLine(name).replace(/[\\#]/g, "\\$&");
          const why = emptyReason(result);
          const directive = why && result.exitCode === 0 ? ` # SKIP ${oneLine(why)}` : "";
          // Not its "Bail out!", which would end all of the report.
          if (result.summary.runs > 0) reporter.end({ summary: result.summary });
          const body = text.replace("TAP version 14\n", "").replaceAll(/^(?=.)/gm, "    ");
          const subtest = result.summary.runs > 0 ? `# Subtest: ${title}\n${body}` : "";
          const word = result.exitCode === 0 ? "ok" : "not ok";
          write(`${subtest}${word} ${++points} - ${title}${directive}\n${diagnostics(result)}`);
        },
      };
    },
    end(ending) {
      const { failure } = ending;
      if (failure !== null) return write(`${head}Bail out! ${oneLine(failure)}\n`);
      const plan = points > 0 ? `1..${points}` : `1..0 # SKIP ${noGuide}`;
      const [line = ""] = summaryLines(ending);
      write(`${plan}\n# ${oneLine(line)}\n`);
    },
  };
}

function diagnostics({ failure }: GuideResult): string {
  if (failure === null) return "";
  return `  ---\n  message: ${JSON.stringify(oneLine(failure))}\n  ...\n`;
}

/** Annotations, and a summary of the job: a table of all guides, and what is wrong with those that failed. */
export function reportToGithub(
  write: Write,
  appendSummary: Write,
  workspace = process.env.GITHUB_WORKSPACE ?? process.cwd(),
): ManyReporter {
  let details = "";
  return {
    begin() {},
    guide(name, path) {
      let text = "";
      const isPage = statIfThere(path)?.isFile();
      const file = isPage ? { file: relative(workspace, path).replaceAll("\\", "/") } : {};
      const reporter = githubReporter(write, (part) => {
        text += part;
      });
      return {
        start: reporter.start,
        run: reporter.run,
        end({ summary, failure, state, exitCode }) {
          if (state === "stopped") {
            write(command("error", { ...file, title: name }, failure ?? "It could not be run."));
          } else if (exitCode !== 0) {
            reporter.end({ summary });
            if (details.length + text.length < SUMMARY_LIMIT) details += text;
          }
        },
      };
    },
    end(ending) {
      const { results, failure } = ending;
      if (failure !== null) {
        write(command("error", { title: "guides" }, failure));
        appendSummary(`**Not verified.** ${inline(failure)}\n\n`);
      }
      const lines = summaryLines(ending).map((line) => `${inline(line)}\n\n`);
      appendSummary(`## Guides\n\n${lines.join("")}${tableOf(results)}\n${details}`);
    },
  };
}

function tableOf(results: readonly GuideResult[]): string {
  if (results.length === 0) return "";
  const rows = results.map(({ name, state, exitCode, summary }) => {
    const sign = exitCode !== 0 ? "❌" : state === "verified" ? "✅" : "➖";
    const outputs = `${summary.verdicts.match} of ${summary.documented}`;
    return `| ${inline(name)} | ${sign} ${state} | ${outputs} |\n`;
  });
  return `| Guide | State | Verified |\n| --- | --- | ---: |\n${rows.join("")}`;
}

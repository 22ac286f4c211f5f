import pc from "picocolors";
import { oneLine } from "../common/visible.ts";
import { count } from "../common/words.ts";
import { describeUnavailable } from "../guide/clients.ts";
import { notesOf } from "../report/events.ts";
import { terminalReporter } from "../report/terminal-report.ts";
import { isGood } from "../verify/judge.ts";
import type { GuideResult, ManyReporter, State } from "./result.ts";
import { summaryLines } from "./summary.ts";

const signs: Readonly<Record<State, string>> = {
  verified: "✓",
  known: "~",
  failed: "✗",
  stopped: "✗",
  nothing: "-",
  skipped: "-",
};

/**
 * The compact report: a line for each guide as soon as it is done, with what is wrong, and a summary.
 * @param isAlone true where the reader sees nothing else: it says why the run could not begin or go on, too
 */
export function reportToTerminal(
  write: (text: string) => void,
  useColor: boolean,
  isAlone = false,
): ManyReporter {
  const color = pc.createColors(useColor);
  const paint = (result: GuideResult, text: string) => {
    if (result.exitCode !== 0) return color.red(text);
    return result.state === "verified" ? color.green(text) : color.yellow(text);
  };
  return {
    begin({ server, guides, jobs }) {
      const at = `${oneLine(server)} · ${count(guides, "guide")}, ${jobs} at once`;
      write(`${color.dim(at)}\n\n`);
    },

    guide() {
      let text = "";
      const head = terminalReporter((part) => {
        text += part;
      }, useColor);
      return {
        start(event) {
          head.start(event);
          // Of the head, what is unusual.
          text = (event.unavailable ?? [])
            .map((one) => `${oneLine(describeUnavailable(one))}\n`)
            .join("");
        },
        run(judged) {
          if (!isGood(judged.verdict) || judged.updatedFile !== undefined) head.run(judged);
        },
        end(result) {
          for (const note of notesOf(result.summary)) text += `${color.yellow(oneLine(note))}\n`;
          const details = text && text.trimEnd().replaceAll(/^(?=.)/gm, "    ");
          const line = `${signs[result.state]} ${oneLine(result.name)}`;
          const said = `${paint(result, line)}  ${color.dim(describe(result))}\n`;
          write(details ? `${said}${details}\n` : said);
        },
      };
    },

    end(ending) {
      const { passed, total, results, failure } = ending;
      if (failure !== null && isAlone) write(`Not verified: ${oneLine(failure)}\n`);
      if (failure !== null && results.length === 0) return;
      const [first = "", ...others] = summaryLines(ending);
      const paintHead = total.verified ? color.green : passed ? color.yellow : color.red;
      write(`\n${[paintHead(first), ...others].join("\n")}\n`);
    },
  };
}

function describe({ state, summary, known, failure }: GuideResult): string {
  if (state === "skipped") return "not run";
  if (failure !== null) return oneLine(failure);
  if (state === "nothing" && summary.runs === 0) return "nothing to verify";
  const outputs = `${summary.verdicts.match} of ${count(summary.documented, "output")} verified`;
  const before = known > 0 ? `, ${count(known, "known failure")}` : "";
  return `${outputs}${before}  ${summary.duration} ms`;
}

import { relative } from "node:path";
import { printable } from "../common/visible.ts";
import { describeUnavailable } from "../guide/clients.ts";
import type { JudgedRun } from "../verify/judge.ts";
import { adviceFor } from "./advice.ts";
import { timeOf } from "./details.ts";
import { type Events, notesOf, problemOf, type Reporter, type Summary } from "./events.ts";
import { clip, type Finding, findings } from "./findings.ts";

/** In characters. GitHub cuts an annotation at 4 KiB, and refuses a summary of more than 1 MiB. */
const MESSAGE_LIMIT = 4000;
const SUMMARY_LIMIT = 256_000;

/**
 * Annotations where the outputs differ from the golden files, and a job summary in Markdown.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 * @param appendSummary appends to the file that GITHUB_STEP_SUMMARY names
 * @param workspace the directory of the repository: GitHub names files from there
 */
export function githubReporter(
  write: (text: string) => void,
  appendSummary: (text: string) => void,
  workspace = process.env.GITHUB_WORKSPACE ?? process.cwd(),
): Reporter {
  let head: Events["start"] | undefined;
  const runs: Reported[] = [];
  const path = (file: string) => relative(workspace, file).replaceAll("\\", "/");

  return {
    start(event) {
      head = event;
      for (const client of event.unavailable) {
        write(command("warning", { title: client.client }, describeUnavailable(client)));
      }
    },
    run(judged) {
      const advice = head ? adviceFor(head.guide, judged) : "";
      const found = findings(judged);
      runs.push({ judged, found });
      for (const { message, details, file, line } of found) {
        const title = `${judged.run.name}: ${judged.verdict}`;
        const text = clip([message, advice, details].filter(Boolean).join("\n"), MESSAGE_LIMIT);
        write(command("error", { file: path(file), line, title }, text));
      }
    },
    end({ summary, failure }) {
      const problem = problemOf({ summary, ...(failure !== undefined && { failure }) });
      if (problem) write(command("error", { title: "guide" }, clip(problem, MESSAGE_LIMIT)));
      for (const note of notesOf(summary)) write(command("warning", { title: "guide" }, note));
      const because = failure === undefined ? "" : `${inline(failure)}\n\n`;
      if (head) appendSummary(`${markdown(head, runs, summary)}${because}`);
      else appendSummary(`**Not verified.** ${because}`);
    },
  };
}

interface Reported {
  readonly judged: JudgedRun;
  readonly found: readonly Finding[];
}

/** A command of a workflow, which GitHub finds in the log. */
export function command(name: string, properties: Readonly<Record<string, unknown>>, text: string) {
  const pairs = Object.entries(properties).map(([key, value]) => {
    const escaped = escapeData(String(value));
    return `${key}=${escaped.replaceAll(":", "%3A").replaceAll(",", "%2C")}`;
  });
  return `::${name} ${pairs.join(",")}::${escapeData(text)}\n`;
}

function escapeData(text: string): string {
  return printable(text).replaceAll("%", "%25").replaceAll("\n", "%0A");
}

function markdown(
  { guide, server, clients, unavailable }: Events["start"],
  runs: readonly Reported[],
  summary: Summary,
): string {
  const { verified, duration } = summary;
  const rows = runs.map(({ judged }) => {
    const { run, verdict } = judged;
    const sign =
      verdict === "match" ? "✅" : ["unverified", "skipped"].includes(verdict) ? "➖" : "❌";
    return [inline(run.name), `${sign} ${verdict}`, ...judged.clients.map(timeOf)];
  });
  const titles = ["Run", "Verdict", ...clients.map(inline)];
  const rulers = titles.map((_, column) => (column < 2 ? "---" : "---:"));
  const table = [titles, rulers, ...rows].map((cells) => `| ${cells.join(" | ")} |\n`).join("");
  const word = verified ? "Verified" : "Not verified";
  const seconds = `${(duration / 1000).toFixed(1)} s`;
  const head = `## ${inline(guide.title)}\n\n**${word}** on ${inline(server)}, in ${seconds}.\n\n`;

  const missing = unavailable
    .map((client) => `${inline(describeUnavailable(client))}\n\n`)
    .join("");

  const notes = notesOf(summary).map((note) => `${inline(note)}\n\n`);
  let text = `${head}${table}\n${missing}${notes.join("")}`;
  for (const { judged, found } of runs) {
    for (const { message, details } of found) {
      const title = inline(`${judged.run.name}: ${message}`);
      const body = details && fenced(details);
      const block = `<details><summary>${title}</summary>\n\n${body}\n</details>\n\n`;
      if (text.length + block.length > SUMMARY_LIMIT) return `${text}The rest is in the log.\n`;
      text += block;
    }
  }
  return text;
}

/** As character references, punctuation is text and never Markdown or HTML. */
export function inline(text: string): string {
  return printable(text)
    .replace(/\s+/g, " ")
    .replace(/[!-,./:-@[-`{-~]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The fence is longer than any within. */
function fenced(text: string): string {
  const inner = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([ticks]) => ticks.length));
  const fence = "`".repeat(inner + 1);
  return `${fence}diff\n${text}\n${fence}\n`;
}

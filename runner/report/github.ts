import { relative } from "node:path";
import { printable } from "../common/visible.ts";
import { describeUnavailable } from "../guide/clients.ts";
import type { ClientRun, JudgedRun } from "../verify/judge.ts";
import { adviceFor } from "./advice.ts";
import { printedBefore, resultOf } from "./details.ts";
import type { Events, Reporter, Summary } from "./events.ts";

/** In characters. GitHub cuts an annotation at 4 KiB, and refuses a summary of more than 1 MiB. */
const MESSAGE_LIMIT = 4000;
const DETAILS_LIMIT = 16_000;
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
      for (const client of event.unavailable ?? []) {
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
      const problem = failure ?? (runs.length === 0 ? "No run was reported." : "");
      if (problem) write(command("error", { title: "guide" }, clip(problem, MESSAGE_LIMIT)));
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

interface Finding {
  readonly message: string;
  readonly details: string;
  readonly file: string;
  readonly line: number;
}

/** Clients that went wrong in the same way share a finding: GitHub shows ten of a step. */
function findings(judged: JudgedRun): Finding[] {
  const found = new Map<string, { finding: Finding; clients: string[] }>();
  for (const clientRun of judged.clients) {
    const result = resultOf(judged, clientRun);
    if (result.kind === "passed" || result.kind === "skipped") continue;
    const shown = result.kind === "failure" ? withoutHead(result.details) : result.details;
    const { outcome } = clientRun;
    const before = outcome.kind === "failed" ? printedBefore(outcome).join("\n") : "";
    const parts = [clip(printable(shown).trimEnd(), DETAILS_LIMIT), printable(before)];
    const details = parts.filter(Boolean).join("\n");
    const key = JSON.stringify([result.what, details]);
    const clients = [...(found.get(key)?.clients ?? []), clientRun.client];
    const message = `${clients.join(" and ")} ${result.what}.`;
    const finding = { message, details, ...locationOf(judged, clientRun) };
    found.set(key, { finding, clients });
  }
  return [...found.values()].map(({ finding }) => finding);
}

/** The first line of the golden file that differs, or the line of the step that failed. */
function locationOf({ run, golden }: JudgedRun, { outcome, diff }: ClientRun) {
  if (outcome.kind === "finished" && golden.bytes.length > 0) {
    // What a diff cannot show has its line in a note.
    const [, noted = "1"] = /^\(Only .* from line (\d+) on/m.exec(diff) ?? [];
    const [, start = noted] = /^@@ -(\d+)/m.exec(diff) ?? [];
    const [, hunk = ""] = diff.split(/^@@ .*\n/m);
    const context = hunk.split("\n").findIndex((line) => !line.startsWith(" "));
    // Output after the end of the golden file has no line in it.
    const last = golden.bytes.toString("latin1").split(/\n(?!$)/).length;
    const above = golden.inPage?.kind === "lines" ? golden.inPage.first : 0;
    return { file: golden.file, line: above + Math.min(Number(start) + context, last) };
  }
  if (run.inPage) return { file: run.inPage.file, line: Number(run.inPage.name.split(":").at(-1)) };
  const stderr = outcome.kind === "failed" ? outcome.stderr : "";
  const [, line = "1"] =
    new RegExp(`${run.step.name}\\.\\w+"?(?:, line |:)(\\d+)`).exec(stderr) ?? [];
  return { file: run.step.file, line: Number(line) };
}

function withoutHead(diff: string): string {
  return diff.replace(/--- .*\n\+\+\+ .*\n/, "");
}

function command(name: string, properties: Readonly<Record<string, unknown>>, text: string) {
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
  { guide, server, clients, unavailable = [] }: Events["start"],
  runs: readonly Reported[],
  { verified, duration }: Summary,
): string {
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

  let text = `${head}${table}\n${missing}`;
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

function timeOf({ outcome }: ClientRun): string {
  return outcome.kind === "skipped" ? "skipped" : `${outcome.duration} ms`;
}

/** As character references, punctuation is text and never Markdown or HTML. */
function inline(text: string): string {
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

function clip(text: string, limit: number): string {
  if (text.length <= limit) return text;
  // Not in the middle of a character that has two halves.
  const start = text.slice(0, limit).replace(/[\uD800-\uDBFF]$/, "");
  return `${start}\n(The rest is in the log.)`;
}

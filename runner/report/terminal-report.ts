import pc from "picocolors";
import { paintDiff } from "../common/color.ts";
import { oneLine, visible } from "../common/visible.ts";
import { count } from "../common/words.ts";
import { describeUnavailable } from "../guide/clients.ts";
import type { Guide } from "../guide/guide.ts";
import type { ClientRun, Verdict } from "../verify/judge.ts";
import { adviceFor } from "./advice.ts";
import { detailsOf, timeOf } from "./details.ts";
import { counts, notesOf, type Reporter, type Summary, verifiedSentence } from "./events.ts";

/**
 * The compact report: one line a run, the details of what is wrong, and a summary.
 * @param write prints a text, and is given whole lines
 * @param isAlone true where the reader sees nothing else: it says why the run could not begin or go on, too
 */
export function terminalReporter(
  write: (text: string) => void,
  useColor: boolean,
  isAlone = false,
): Reporter {
  const color = pc.createColors(useColor);
  const paint: Record<Verdict, (text: string) => string> = {
    match: color.green,
    unverified: color.yellow,
    drift: color.yellow,
    divergence: color.magenta,
    error: color.red,
    missing: color.yellow,
    skipped: color.dim,
  };
  let width = 0;
  let guide: Guide | undefined;

  return {
    start(event) {
      guide = event.guide;
      width = Math.max(...guide.runs.map((run) => run.name.length));
      write(`${color.bold(oneLine(guide.title))}\n`);
      write(color.dim(oneLine(`${event.server} · clients: ${event.clients.join(", ")}`)));
      write("\n");
      for (const one of event.unavailable) {
        write(`${color.yellow(oneLine(describeUnavailable(one)))}\n`);
      }
      const note = pageNote(event.guide);
      if (note) write(`${color.yellow(note)}\n`);
      write("\n");
    },

    run(judged) {
      const verdict = judged.updatedFile === undefined ? judged.verdict : "updated";
      const sign = signs[judged.verdict] ?? "✗";
      const times = timesOf(judged.clients);
      const line = `${sign} ${judged.run.name.padEnd(width)}  ${verdict.padEnd(10)}`;
      write(`${paint[judged.verdict](line)}  ${color.dim(times)}\n`);
      const advice = guide ? adviceFor(guide, judged) : "";
      const isUnseen = judged.verdict === "unverified" && judged.run.inPage?.kind === "lines";
      const place = isUnseen ? `See ${judged.golden.name}.` : "";
      const note = `${judged.note ?? ""} ${place}`.trim();
      const lines = [...detailsOf(judged), advice, note].filter(Boolean);
      write(lines.map((line) => `    ${paintDiff(visible(line), color)}\n`).join(""));
    },

    end({ summary, failure }) {
      if (failure !== undefined && isAlone) write(`Not verified: ${oneLine(failure)}\n`);
      if (failure !== undefined && summary.runs === 0) return;
      for (const note of notesOf(summary)) write(`${color.yellow(oneLine(note))}\n`);
      const paintSummary = summary.verified ? color.green : color.red;
      write(`\n${paintSummary(summaryLine(summary))}\n`);
    },
  };
}

/** What a page shows and no run follows. An output of it is a run of its own, with the reason. */
function pageNote({ page }: Guide): string {
  const countOf = (kind: string) => page?.listed.filter(({ fate }) => fate === kind).length ?? 0;
  const [commands, includes] = [countOf("not run"), countOf("not read")];
  const parts = [
    commands > 0 ? `${count(commands, "block")} with commands that are not run` : "",
    includes > 0 ? `${count(includes, "line")} with includes that are not read` : "",
  ];
  const text = parts.filter(Boolean).join(", and ");
  return text === "" ? "" : `The page has ${text}. See --list.`;
}

const signs: Partial<Record<Verdict, string>> = { match: "✓", unverified: "-", skipped: "-" };

/** Of many clients, the fastest and the slowest: a line has no room for all. */
function timesOf(clients: readonly ClientRun[]): string {
  if (clients.length <= 4) return clients.map((one) => `${one.client} ${timeOf(one)}`).join("  ");
  const times = clients.flatMap(({ outcome }) =>
    outcome.kind === "skipped" ? [] : outcome.duration,
  );
  const range = times.length > 0 ? `  ${Math.min(...times)}–${Math.max(...times)} ms` : "";
  return `${times.length} of ${clients.length}${range}`;
}

function summaryLine(summary: Summary): string {
  const { verified, runs, verdicts, updated, duration } = summary;
  const seconds = `${(duration / 1000).toFixed(1)} s`;
  // A page has its outputs in itself.
  const inPages = updated.every((file) => /\.mdx?$/.test(file));
  const what = count(updated.length, inPages ? "output" : "golden file");
  const written = updated.length > 0 ? `, ${what} written` : "";
  if (verified) return `${verifiedSentence(summary)}, in ${seconds}${written}.`;
  return `Not verified: ${counts(verdicts).join(", ")} of ${count(runs, "run")}, in ${seconds}${written}.`;
}

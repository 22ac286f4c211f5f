import { abridge } from "../common/secrets.ts";
import { oneLine } from "../common/visible.ts";
import { count } from "../common/words.ts";
import { counts } from "../report/events.ts";
import { type Ending, type GuideResult, type State, states } from "./result.ts";

/** How many lines each part of the summary may have: together, they fit on a screen. */
const REASONS_SHOWN = 6;
const GUIDES_SHOWN = 8;
/** Of a message, in characters: the whole of it is in the report of the guide. */
const WIDTH = 80;

const words: Readonly<Record<State, string>> = {
  verified: "verified",
  known: "as in the baseline",
  failed: "failed",
  stopped: "could not be run",
  nothing: "with nothing to verify",
  skipped: "not run, after --bail",
};

/** Sums up all guides on one screen, as lines. */
export function summaryLines({ passed, total, results, onlyChanged }: Ending): string[] {
  const { verdicts, documented, duration } = total;
  const hasMatch = verdicts.match > 0;
  const good = !hasMatch ? "Nothing is verified" : total.verified ? "Verified" : "No new failures";
  const head = passed ? good : "Not verified";
  const known = total.known > 0 ? `, ${count(total.known, "failure")} as in the baseline` : "";
  const time = `${(duration / 1000).toFixed(1)} s`;
  const left = onlyChanged ? " Guides that did not change were not run." : "";
  const outputs = `${verdicts.match} of ${count(documented, "documented output")}`;
  const named = states.map((state) => [words[state], total.guides[state] ?? 0]);
  const guides = counts(Object.fromEntries(named)).join(", ") || "nothing to run";
  const written =
    total.updated.length > 0 ? `, ${count(total.updated.length, "output")} written` : "";
  return [
    `${head}: ${outputs} of ${count(results.length, "guide")}${known}, in ${time}${written}.${left}`,
    `Guides: ${guides}.`,
    ...cut(
      Object.entries(total.reasons).map(([reason, number]) => {
        return `  ${number}  ${oneLine(reason)}${placeOf(reason, results)}`;
      }),
      REASONS_SHOWN,
      "reasons",
      "Outputs that are not verified:",
    ),
    ...cut(
      results.filter(({ exitCode }) => exitCode !== 0).map(describe),
      GUIDES_SHOWN,
      "guides",
      "Look at:",
    ),
  ];
}

/** The guide, if there are others and only this one has the reason. */
function placeOf(reason: string, results: readonly GuideResult[]): string {
  const [only, other] = results.filter(({ reasons }) => Object.hasOwn(reasons, reason));
  return results.length > 1 && only && !other ? ` (${oneLine(only.name)})` : "";
}

/** Such as "  docs/a.md  1 drift, 2 error". */
function describe({ name, state, failure, summary }: GuideResult): string {
  const { match, unverified, ...bad } = summary.verdicts;
  const why = state === "nothing" ? ["nothing to verify"] : counts(bad);
  const said = oneLine(failure ?? why.join(", "));
  return `  ${oneLine(name)}  ${abridge(said, WIDTH)}`;
}

function cut(lines: readonly string[], limit: number, things: string, title: string): string[] {
  if (lines.length === 0) return [];
  const rest = lines.length - limit;
  const more = rest > 0 ? [`  and ${rest} more ${things}`] : [];
  return [title, ...lines.slice(0, limit), ...more];
}

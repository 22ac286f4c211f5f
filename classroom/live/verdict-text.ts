import { listed } from "../../runner/document/words.ts";
import type { Run } from "../../runner/guide/guide.ts";
import { adviceFor } from "../../runner/report/advice.ts";
import type { JudgedRun } from "../../runner/verify/judge.ts";
import { databasesAfter, type LiveClient, type Sight, typedFile } from "./sight.ts";

/** What a run's verdict means, and what to do. */
export function verdictText(sight: Sight, judged: JudgedRun): string {
  const { guide, clients } = sight;
  const { verdict, run } = judged;
  const placeOf = (client: string) => filesOf(clients, [client], run);
  switch (verdict) {
    case "match": {
      const division = divisionAt(sight, run.index);
      const success = run.isSetup ? "Set up" : "What the guide documents";
      if (!division) return `${success}, with ${titlesOf(clients)}`;
      const since = division.run === run ? "" : `since ${division.run.name}, `;
      return `${success}, but ${since}${division.text}`;
    }
    case "error": {
      const failed = judged.clients.filter(({ outcome }) => outcome.kind === "failed");
      const names = failed.map(({ client }) => client);
      return `Look at ${filesOf(clients, names, run)}, mend it, and run it again.`;
    }
    case "divergence": {
      // Where the tables differed before, no output could be the same.
      const division = divisionAt(sight, run.index - 1);
      return division
        ? `Since ${division.run.name}, ${division.text}`
        : adviceFor(guide, judged, placeOf);
    }
    default:
      return adviceFor(guide, judged, placeOf);
  }
}

interface Division {
  /** Where it began. */
  readonly run: Run;
  readonly text: string;
}

/** @returns undefined where the clients' databases are not known to differ after a run */
function divisionAt(sight: Sight, index: number): Division | undefined {
  const { guide, clients } = sight;
  let division: Division | undefined;
  for (const run of guide.runs.slice(0, index + 1).reverse()) {
    const compared = databasesAfter(sight, run.index);
    if (compared.kind !== "different") break;
    const odd = clients.filter(({ name }) => compared.odd.includes(name));
    const others = clients.filter((client) => !odd.includes(client));
    const what =
      others.length > 0
        ? `the tables of ${titlesOf(odd)} are not those of ${titlesOf(others)}`
        : `the tables of ${titlesOf(odd)} differ`;
    division = { run, text: `${what}. Look at ${filesOf(clients, compared.odd, run)}.` };
  }
  return division;
}

function titlesOf(clients: readonly LiveClient[]): string {
  return listed([...new Set(clients.map(({ title }) => title))]);
}

function filesOf(clients: readonly LiveClient[], names: readonly string[], { step }: Run): string {
  const ran = clients.filter(({ name }) => names.includes(name));
  return listed([...new Set(ran.map((client) => typedFile(client, step)))]);
}

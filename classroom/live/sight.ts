import { relative } from "node:path";
import type { Guide, Step } from "../../runner/guide/guide.ts";
import { compareClients } from "./database/compare-clients.ts";
import type { Observer } from "./database/observer.ts";
import type { Comparison } from "./messages.ts";

/** A client of the database, as the page names it. */
export interface LiveClient {
  /** As `--driver` takes it. */
  readonly name: string;
  /** For its tab. */
  readonly title: string;
  /** What it runs for a step. */
  readonly fileOf: (step: Step) => string;
}

/** What is known of the runs besides what they printed. */
export interface Sight {
  readonly guide: Guide;
  readonly clients: readonly LiveClient[];
  readonly observer: Pick<Observer, "observed">;
}

/** The clients' databases beside each other, as they were after a run. */
export function databasesAfter({ clients, observer }: Sight, index: number): Comparison {
  return compareClients(
    clients.flatMap(({ name, title }) => {
      const now = observer.observed(index, name);
      return now ? [{ client: name, title, snapshot: now.snapshot }] : [];
    }),
  );
}

/** As one types it: what a client runs for a step. */
export function typedFile({ fileOf }: LiveClient, step: Step): string {
  return relative(process.cwd(), fileOf(step));
}

import { mkdirSync } from "node:fs";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { openStepper } from "../../runner/run/stepper.ts";
import { withSnapshots } from "../../runner/snapshots/with-snapshots.ts";
import { makeLongGuide } from "./guides.ts";
import { type Measurement, NotVerified } from "./series.ts";

/** As many runs as have a snapshot each. */
const RUNS = 20;
/** Always further back: what was undone is run again to be there. */
const points = [19, 16, 14, 11, 8, 6, 3, 1];

/**
 * Measures going back as the notebook and the live page do it: from the key to the databases of two clients,
 * as they were before a run. Every run has a snapshot. The longest of several is the figure.
 * @param directory where the guide goes
 */
export async function backToAnyPoint(directory: string, databaseUrl: string): Promise<Measurement> {
  const parent = `${directory}/back`;
  mkdirSync(parent, { recursive: true });
  const guide = await loadGuide(makeLongGuide(parent, RUNS));
  const { drivers: clients, runs } = guide;
  const { signal } = new AbortController();
  const before = process.env.DATABASE_URL;
  process.env.DATABASE_URL = databaseUrl;
  try {
    return await withSnapshots(
      { guide, runs, clients, signal, standalone: [], timeout: 60, inPlace: false, note: () => {} },
      async (session) => {
        const stepper = openStepper(guide, clients, session);
        const forward = async (to: number) => {
          while (stepper.judged.length < to) {
            const { verdict, run } = await stepper.runNext(signal, () => {});
            if (verdict !== "match") throw new NotVerified(`${run.name}: ${verdict}.`);
          }
        };
        await forward(RUNS);
        // A reader looks at a result before going back: its snapshot is taken by then.
        for (const client of clients) await session.databaseAfter?.(runs, client);
        const times: number[] = [];
        for (const point of points) {
          const started = performance.now();
          const first = await stepper.goTo(point, signal, () => {});
          times.push(performance.now() - started);
          if (first !== point)
            throw new NotVerified(`There was no snapshot before run ${point + 1}.`);
        }
        return { wall: Math.max(...times) };
      },
    );
  } finally {
    if (before === undefined) delete process.env.DATABASE_URL;
    else process.env.DATABASE_URL = before;
  }
}

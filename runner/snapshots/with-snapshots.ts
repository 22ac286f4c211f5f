import { unlessAborted } from "../common/abort.ts";
import { digestOf } from "../common/kept-texts.ts";
import { inTime } from "../database/pool.ts";
import type { Run } from "../guide/guide.ts";
import type { Execution, Session, SessionOptions } from "../run/session.ts";
import { withSession } from "../run/with-session.ts";
import { readGolden, readStderrGolden } from "../verify/golden.ts";
import { contentOfFiles, sourceOf } from "./guide-files.ts";
import { openServerStates } from "./server-state.ts";
import { isTaken, openSnapshots } from "./snapshots.ts";

/** What is known of a client's database. */
interface Place {
  /**
   * Identifies what its database has been through: the runs, and what they ran. Undefined if that is not
   * known: a run failed, or was stopped.
   */
  lineage: string | undefined;
  /** How many runs that is. */
  position: number;
  /** How long the runs since the last snapshot took, in milliseconds. */
  unsaved: number;
  /** The last run's snapshot, while it is taken. */
  taking: Promise<void>;
}

const EMPTY = "";

/** How long a run waits for the snapshot of the one before it. A server that does not answer is not waited for. */
const TAKING_LIMIT_MS = 10_000;

/**
 * Does a piece of work with a session that keeps the clients' databases as they were after their runs, so
 * that going back copies one of them, instead of running everything before it again. Otherwise it is like
 * `withSession`. Where clients share a database, or have a server each, nothing is kept.
 */
export function withSnapshots<Result>(
  options: SessionOptions,
  work: (session: Session) => Promise<Result>,
  prepare?: Parameters<typeof withSession>[2],
): Promise<Result> {
  const withKept = async (session: Session) => {
    if (session.server.clientsShare !== "server") return work(session);
    const kept = openSnapshotSession(options, session);
    return work(kept.session).finally(kept.settled);
  };
  return withSession(options, withKept, prepare);
}

/**
 * Keeps snapshots of a session's databases. They are named and marked like scratch databases, and so are
 * removed like them.
 */
function openSnapshotSession(options: SessionOptions, session: Session) {
  const { guide, runs: allRuns, signal } = options;
  const states = openServerStates(session);
  const kept = openSnapshots(session, guide.directory);
  const places = new Map<string, Place>();
  /** Of the guide's other files, as they are now. */
  let files: string | undefined;

  function placeOf(client: string): Place {
    const known = places.get(client);
    if (known) return known;
    const place = { lineage: EMPTY, position: 0, unsaved: 0, taking: Promise.resolve() };
    places.set(client, place);
    return place;
  }

  /** Identifies what one more run does to a database that has been through others. */
  async function extend(
    lineage: string,
    run: Run,
    client: string,
    golden = readGolden(guide.directory, run, guide.page?.bytes),
    stderr = readStderrGolden(guide.directory, run),
  ): Promise<string> {
    files ??= contentOfFiles(options);
    const program = await session.programOf(run, client);
    const documented = [golden.bytes, stderr?.bytes ?? ""].map(digestOf);
    const source = sourceOf(options, run, client);
    return digestOf([lineage, run.name, program, source, files, ...documented].join("\n"));
  }

  /** The lineages of a client that has been through none of the runs, one, two, and so on. */
  async function lineagesOf(client: string, runs: readonly Run[]): Promise<string[]> {
    const lineages = [EMPTY];
    for (const run of runs) {
      const last = lineages.at(-1) ?? EMPTY;
      const isIts = run.clients?.includes(client) ?? true;
      lineages.push(isIts ? await extend(last, run, client) : last);
    }
    return lineages;
  }

  /** Resolves when the client's database may be used again. */
  async function take(client: string, place: Place, lineage: string): Promise<void> {
    const { position } = place;
    let isLate = false;
    const add = async () => {
      const state = await states.whenUnused(client);
      if (!state || isLate) return;
      await kept.add({ client, position, lineage, bytes: state.bytes }, () => isLate);
    };
    await inTime(add(), TAKING_LIMIT_MS).catch(() => {}); // then it is not kept
    isLate = true;
  }

  /** @throws Failure of kind "database" if the run is interrupted */
  const untilTaken = ({ taking }: Place, stop = signal) => unlessAborted(taking, stop);

  /** @returns how many of the runs every client can be brought to have been through, and their lineages then */
  async function nearest(
    runs: readonly Run[],
    clients: readonly string[],
  ): Promise<{ readonly position: number; readonly lineages: readonly string[] }> {
    const empty = { position: 0, lineages: clients.map(() => EMPTY) };
    if (allRuns.some((run) => clients.some((client) => readsStatistics(run, client)))) return empty;
    for (const client of clients) if (!(await states.isAsAtFirst(client))) return empty;
    const all = await Promise.all(clients.map((client) => lineagesOf(client, runs)));
    for (let position = runs.length; position > 0; position--) {
      const lineages = all.map((ofClient) => ofClient[position] ?? EMPTY);
      const isKept = clients.every((client, index) => {
        const lineage = lineages[index];
        return lineage === EMPTY || kept.find(client, lineage) !== undefined;
      });
      if (isKept) return { position, lineages };
    }
    return empty;
  }

  /** A copy's counters begin at 0. */
  const readsStatistics = (run: Run, client: string) =>
    /pg_stat/i.test(sourceOf(options, run, client));

  /** @returns false if it could not be copied: then the database is empty */
  async function restore(client: string, lineage: string): Promise<boolean> {
    const place = placeOf(client);
    const position = kept.find(client, lineage)?.position ?? 0;
    place.lineage = undefined; // the server may be lost in between
    const isRestored = lineage !== EMPTY && (await kept.restore(client, lineage));
    if (!isRestored) await session.reset(client);
    place.position = isRestored ? position : 0;
    place.unsaved = 0;
    place.lineage = isRestored ? lineage : EMPTY;
    return place.lineage === lineage;
  }

  const settled = async () => {
    const all = Promise.all([...places.values()].map(({ taking }) => taking));
    await unlessAborted(all, signal).catch(() => {}); // closing waits for what is made, with a limit
  };

  const snapshotSession: Session = {
    ...session,

    async execute(run: Run, client: string, execution: Execution = {}) {
      const place = placeOf(client);
      const { stop = signal } = execution;
      await untilTaken(place, AbortSignal.any([signal, stop])).catch(() => {}); // then it is skipped
      await states.rememberFirst(client);
      const { lineage: before } = place;
      place.lineage = undefined;
      const lineage =
        before === undefined
          ? undefined
          : await extend(before, run, client, execution.golden, execution.stderr);
      const outcome = await session.execute(run, client, execution);
      if (outcome.kind !== "finished" || lineage === undefined) return outcome;
      place.lineage = lineage;
      place.position++;
      place.unsaved += outcome.duration;
      const { following = 0, isKept = true } = execution;
      // If another run follows at once, it waits: copies take a fifth of the time at most.
      const isWorthIt = following === 0 || place.unsaved >= 4 * kept.duration();
      if (isKept && isWorthIt && isTaken(place.position, following)) {
        place.unsaved = 0;
        place.taking = take(client, place, lineage);
      }
      return outcome;
    },

    async databaseAfter(runs, client) {
      const place = placeOf(client);
      await untilTaken(place);
      const lineage = (await lineagesOf(client, runs)).at(-1);
      if (lineage === place.lineage) return session.databaseOf(client);
      return kept.lend(client, lineage);
    },

    async recompile() {
      files = undefined;
      await session.recompile();
    },

    async reset(client, template) {
      const place = placeOf(client);
      await untilTaken(place);
      place.lineage = undefined;
      await session.reset(client, template);
      place.lineage = template === undefined ? EMPTY : undefined;
      place.position = 0;
    },

    async rewind(runs, clients) {
      await Promise.all(clients.map((client) => untilTaken(placeOf(client))));
      for (const client of clients) kept.setTarget(client, runs.length);
      const { position, lineages } = await nearest(runs, clients);
      const restored = await Promise.all(
        clients.map((client, index) => restore(client, lineages[index] ?? EMPTY)),
      );
      if (position === 0 || restored.every(Boolean)) return position;
      await Promise.all(clients.map((client) => restore(client, EMPTY)));
      return 0;
    },
  };
  return { session: snapshotSession, settled };
}

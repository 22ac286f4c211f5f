import { join } from "node:path";
import { DatabaseError } from "../connection/errors.ts";
import type { ClientDatabase } from "../database/guide-server.ts";
import type { Session } from "../run/session.ts";
import { removeFiles, restoreFiles, saveFiles } from "./work-files.ts";

/** A client's database, and the files in its directory, as they were after a run. */
export interface Snapshot {
  readonly client: string;
  /** How many runs they have been through. */
  readonly position: number;
  /** Identifies what they have been through. */
  readonly lineage: string;
  /** Of the database. */
  readonly bytes: number;
}

interface Kept extends Snapshot {
  readonly database: ClientDatabase;
  /** The directory with the files; undefined if there are none. */
  readonly files: string | undefined;
}

/** Of each client: a server may allow few databases. */
const MOST = 30;
/** Of all clients. */
const MOST_BYTES = 384 * 1024 ** 2;
/** Of more runs than that, each of the last ones is kept, and every tenth before them. */
const ALL_OF_LAST = 10;
const EVERY = 10;

/**
 * Decides which snapshot is removed where there is no room for another one.
 * @param positions of a client's snapshots, in their order
 * @param latest the position of the other one
 * @param target the position that was gone back to last
 */
export function leastUseful(
  positions: readonly number[],
  latest: number,
  target: number,
): number | undefined {
  const isUseful = (position: number) =>
    position > latest - ALL_OF_LAST || position % EVERY === 0 || position === target;
  const others = positions.filter((position) => position !== target);
  return positions.find((position) => !isUseful(position)) ?? others[0] ?? positions[0];
}

/**
 * Decides if a snapshot is taken. One that would be removed before the end of a long sequence is not.
 * @param following how many runs follow at once
 */
export function isTaken(position: number, following: number): boolean {
  return position + following <= MOST || following < ALL_OF_LAST || position % EVERY === 0;
}

/** What of a session is copied. */
type Copied = Pick<Session, "databaseOf" | "directory" | "directoryOf" | "reset"> & {
  readonly server: Pick<Session["server"], "createDatabase" | "hasRoomFor">;
};

/** The snapshots of a session. What cannot be copied is not kept: that is not an error. */
export function openSnapshots(session: Copied, guideDirectory: string) {
  const { server } = session;
  let all: Kept[] = [];
  let most = MOST;
  let count = 0;
  let duration = 0;
  const targets = new Map<string, number>();
  const lent = new Map<string, { readonly of: Kept; readonly database: ClientDatabase }>();

  /** The server may be gone: then the database is gone, too, or a later run drops it. */
  async function remove(some: readonly Kept[]): Promise<void> {
    all = all.filter((one) => !some.includes(one));
    for (const { database, files } of some) {
      removeFiles(files);
      await database.close().catch(() => {});
    }
  }

  const of = (client: string) => all.filter((one) => one.client === client);
  /** @param lineage of a client; undefined for one that is not known */
  const find = (client: string, lineage: string | undefined) =>
    of(client).find((one) => one.lineage === lineage);

  function leastUsefulOf({ client, position }: Snapshot): Kept | undefined {
    const positions = of(client).map((one) => one.position);
    const found = leastUseful(positions, position, targets.get(client) ?? -1);
    return of(client).find((one) => one.position === found);
  }

  /** Removes others until there is room. @returns false if there is not enough room */
  async function makeRoom(snapshot: Snapshot): Promise<boolean> {
    const { client, bytes } = snapshot;
    const isFull = () =>
      of(client).length >= most ||
      all.reduce((sum, one) => sum + one.bytes, bytes) > MOST_BYTES ||
      server.hasRoomFor?.(bytes) === false;
    while (isFull()) {
      const other = leastUsefulOf(snapshot) ?? all[0];
      if (!other) return false;
      await remove([other]);
    }
    return most > 0;
  }

  /** @returns undefined if the server refuses it */
  async function copy(snapshot: Snapshot, template: string): Promise<ClientDatabase | undefined> {
    const { client } = snapshot;
    try {
      return await server.createDatabase(client, undefined, template);
    } catch (error) {
      if (isInUse(error)) return undefined;
      most = Math.min(most, of(client).length); // as many as the server allows
      const other = leastUsefulOf(snapshot);
      if (!other) return undefined;
      await remove([other]);
      return server.createDatabase(client, undefined, template).catch(() => undefined);
    }
  }

  return {
    /**
     * Keeps a client's database, and its files, as they are now.
     * @param isLate true if they may have changed meanwhile: then the copy is not used
     */
    async add(snapshot: Snapshot, isLate: () => boolean = () => false): Promise<void> {
      const { client, position } = snapshot;
      // Those are replaced, or come after a run that ran again.
      await remove(of(client).filter((one) => one.position >= position));
      if (!(await makeRoom(snapshot))) return;
      const { name } = await session.databaseOf(client);
      const files = saveFiles(
        session.directoryOf(client),
        join(session.directory, "kept", `${count++}`),
        guideDirectory,
      );
      const started = performance.now();
      const database = await copy(snapshot, name);
      duration = performance.now() - started;
      if (database && !isLate()) return void all.push({ ...snapshot, database, files });
      removeFiles(files);
      await database?.close().catch(() => {});
    },

    /** How long the last copy took, in milliseconds. */
    duration: () => duration,

    find,

    /**
     * Copies a snapshot, for questions: those may write, and stay connected. The client's next copy takes the
     * place of this one.
     * @returns undefined if there is no such snapshot, or no room
     */
    async lend(client: string, lineage: string | undefined): Promise<ClientDatabase | undefined> {
      const one = find(client, lineage);
      const before = lent.get(client);
      if (!one || before?.of === one) return one && before?.database;
      lent.delete(client);
      await before?.database.close();
      const database = await server
        .createDatabase(client, undefined, one.database.name)
        .catch(() => undefined);
      if (database) lent.set(client, { of: one, database });
      return database;
    },

    /** A client goes back to a position: what is kept of it stays. */
    setTarget: (client: string, position: number) => void targets.set(client, position),

    /** Brings a client back. @returns false if the server refuses it */
    async restore(client: string, lineage: string): Promise<boolean> {
      const one = find(client, lineage);
      if (!one) return false;
      try {
        await session.reset(client, one.database.name);
        await session.databaseOf(client);
        restoreFiles(one.files, session.directoryOf(client));
        return true;
      } catch {
        await remove([one]);
        return false;
      }
    },
  };
}

/** Something connected a moment ago. */
function isInUse(error: unknown): boolean {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof DatabaseError && cause.code === "55006";
}

import { unlessAborted } from "../common/abort.ts";
import type { ClientDatabase, GuideServer } from "../database/guide-server.ts";

/** The clients' databases, each from the moment in which it is asked for. */
export interface ClientDatabases {
  /** @throws Failure of kind "database" where it cannot be made, or somebody interrupts */
  of(client: string): Promise<ClientDatabase>;
  /** Drops them all: the next one that is asked for is empty, and has the same name and URL. */
  reset(): Promise<void>;
}

export function openClientDatabases(server: GuideServer, signal: AbortSignal): ClientDatabases {
  const databases = new Map<string, Promise<ClientDatabase>>();
  const names = new Map<string, string>();

  async function open(client: string): Promise<ClientDatabase> {
    const database = await server.createDatabase(client, names.get(client));
    names.set(client, database.name);
    return database;
  }

  return {
    of(client) {
      const database = databases.get(client) ?? open(client);
      databases.set(client, database);
      return unlessAborted(database, signal);
    },

    async reset() {
      const opened = await Promise.allSettled(databases.values());
      databases.clear();
      const open = opened.flatMap((database) =>
        database.status === "fulfilled" ? [database.value] : [],
      );
      const closed = await Promise.allSettled(open.map((database) => database.close()));
      const failure = closed.find((database) => database.status === "rejected");
      if (failure) throw failure.reason;
    },
  };
}

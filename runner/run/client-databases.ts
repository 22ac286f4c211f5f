import { unlessAborted } from "../common/abort.ts";
import type { ClientDatabase, GuideServer } from "../database/guide-server.ts";
import type { Sample } from "../database/sample.ts";

/**
 * The clients' databases, each made when it is first asked for.
 * @param sample what a new database has in it, if it is not empty
 */
export function openClientDatabases(
  server: GuideServer,
  signal: AbortSignal,
  sample: Sample | undefined,
) {
  const databases = new Map<string, Promise<ClientDatabase>>();
  const names = new Map<string, string>();
  const templates = new Map<string, string | undefined>();

  async function open(client: string): Promise<ClientDatabase> {
    const content = templates.get(client) ?? sample;
    const database = await server.createDatabase(client, names.get(client), content);
    names.set(client, database.name);
    return database;
  }

  return {
    /** @throws Failure of kind "database" where it cannot be made, or the run is interrupted */
    of(client: string): Promise<ClientDatabase> {
      const database = databases.get(client) ?? open(client);
      databases.set(client, database);
      return unlessAborted(database, signal);
    },

    /** Makes one more, with what the first had in it. The caller closes it. */
    another: (client: string) => server.createDatabase(client, undefined, sample),

    /** Drops a client's: when it is asked for again, it is made again, with the same name and URL. */
    async reset(client: string, template: string | undefined): Promise<void> {
      const database = databases.get(client);
      databases.delete(client);
      templates.set(client, template);
      const opened = await database?.catch(() => undefined); // one that was not made is not there
      if (opened) await unlessAborted(opened.close(), signal);
    },
  };
}

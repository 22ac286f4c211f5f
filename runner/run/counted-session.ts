import type { Database } from "../../drivers/driver.ts";
import { areChangedAlike, countEffects, readEffects } from "../database/effects.ts";
import { differenceOfCounts } from "../verify/effects.ts";
import type { Session } from "./session.ts";

/** The same session, whose runs are counted: their outcomes have what they did in the database. */
export function countedSession(session: Session): Session {
  return {
    ...session,
    async execute(run, client, execution) {
      // The run itself says what is wrong with the database.
      const unknown = () => ({ uncounted: "its counts cannot be read" });
      const read = await session
        .databaseOf(client)
        .then(({ url }) => countEffects(url))
        .catch(() => async () => unknown());
      const outcome = await session.execute(run, client, execution);
      if (outcome.kind !== "finished") return outcome;
      return { ...outcome, effects: await read().catch(unknown) };
    },
  };
}

/**
 * Find out, at the end of a run whose clients print the same, whether they changed the same rows. It costs two
 * queries, and the reading of each table's counts only if they did not.
 * @returns where they differ, in one line; empty if they don't, or if that isn't known
 */
export async function differenceAtEnd(
  { server, databaseOf }: Session,
  clients: readonly string[],
): Promise<string> {
  if (server.clientsShare === "database" || clients.length < 2) return "";
  try {
    const databases = await Promise.all(clients.map(databaseOf));
    const names = databases.map(({ name }) => name);
    const isAlike = (db: Database) => areChangedAlike(db, names);
    if (server.clientsShare === "server" && (await server.withConnection(isAlike))) return "";
    const effects = await Promise.all(databases.map(({ url }) => readEffects(url)));
    return differenceOfCounts(
      clients.map((client, index) => ({ client, effects: effects[index] })),
    );
  } catch {
    return "";
  }
}

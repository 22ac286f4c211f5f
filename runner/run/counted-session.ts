import { countEffects } from "../database/effects.ts";
import type { Session } from "./session.ts";

/** The same session, whose runs are counted: their outcomes have what they did in the database. */
export function countedSession(session: Session): Session {
  return {
    ...session,
    async execute(run, client, execution) {
      // What cannot be counted is not known: the run itself says what is wrong with the database.
      const read = await session
        .databaseOf(client)
        .then(({ url }) => countEffects(url))
        .catch(() => undefined);
      const outcome = await session.execute(run, client, execution);
      if (outcome.kind !== "finished") return outcome;
      const effects = await read?.().catch(() => undefined);
      return effects ? { ...outcome, effects } : outcome;
    },
  };
}

import { type EffectCounter, openEffectCounter } from "../database/effects.ts";
import type { Session } from "./session.ts";

/** The same session, whose runs are counted: their outcomes have what they did in the database. */
export function countedSession(session: Session): Session {
  return {
    ...session,
    async execute(run, client, execution) {
      const counter = await open(session, client);
      try {
        const outcome = await session.execute(run, client, execution);
        if (outcome.kind !== "finished") return outcome;
        const effects = await counter?.read().catch(() => undefined);
        return effects ? { ...outcome, effects } : outcome;
      } finally {
        await counter?.close();
      }
    },
  };
}

/** What cannot be counted is not known: the run itself says what is wrong with the database. */
async function open(session: Session, client: string): Promise<EffectCounter | undefined> {
  try {
    return await openEffectCounter((await session.databaseOf(client)).url);
  } catch {
    return undefined;
  }
}

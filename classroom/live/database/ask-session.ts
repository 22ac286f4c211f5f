import type { Guide } from "../../../runner/guide/guide.ts";
import type { Session } from "../../../runner/run/session.ts";
import type { Refusal } from "../access.ts";
import type { Controller } from "../controller.ts";
import type { Asked } from "../messages.ts";
import type { Problem } from "../questions.ts";
import type { ReaderMemory } from "../reader-memory.ts";
import { askDatabase } from "./ask-database.ts";
import { checkSql } from "./check-sql.ts";

/** Asks the clients' databases what the reader wants to know. */
export function openAsking(
  guide: Guide,
  session: Session,
  controller: Controller,
  memory: ReaderMemory,
) {
  return {
    /** Finds the syntax errors in a script of SQL; none while something runs. */
    async check(client: string, script: string): Promise<Problem[]> {
      const found = await controller
        .whileIdle(async () => checkSql((await session.databaseOf(client)).url, script))
        .catch(() => []); // a run says what is wrong with the server
      return "reason" in found ? [] : found;
    },

    /** @param index of the run after which the database is asked */
    ask(client: string, index: number, statement: string): Promise<Asked | Refusal> {
      return controller.whileIdle(async (position) => {
        memory.rememberAsked(statement);
        // The newest state is the database itself. Of earlier runs, a copy may be kept.
        const runs = guide.runs.slice(0, index + 1);
        const database =
          position === index + 1
            ? await session.databaseOf(client)
            : await session.databaseAfter?.(runs, client);
        return database ? askDatabase(database.url, statement) : notKept(guide, index);
      });
    },
  };
}

function notKept({ runs }: Guide, index: number): Refusal {
  const reason = `There is no copy of the database after ${runs[index]?.name}. Run it again, then ask.`;
  return { status: 409, reason };
}

import { join } from "node:path";
import { digestOf, readRecord, writeWhole } from "../../../runner/common/files.ts";
import type { Guide } from "../../../runner/guide/guide.ts";
import type { Session } from "../../../runner/run/session.ts";
import { cacheDirectory } from "../../../runner/workspace/cache-directory.ts";
import type { Refusal } from "../access.ts";
import type { Controller } from "../controller.ts";
import type { Asked } from "../messages.ts";
import { askDatabase } from "./ask-database.ts";

/** Statements that are kept, the newest first. */
const HISTORY = 50;

/** Asks the clients' databases what the reader wants to know, and keeps the reader's statements. */
export function openAsking(guide: Guide, session: Session, controller: Controller) {
  const place = join(cacheDirectory(), "versions", digestOf(guide.directory).slice(0, 16));
  const file = join(place, "asked.json");
  let history = readHistory(file);

  function remember(statement: string): void {
    history = [statement, ...history.filter((one) => one !== statement)].slice(0, HISTORY);
    try {
      writeWhole(file, JSON.stringify({ history }), 0o600);
    } catch {
      // then it lasts until the guide ends
    }
  }

  return {
    history: (): readonly string[] => history,

    /** @param index of the run after which the database is asked */
    ask(client: string, index: number, statement: string): Promise<Asked | Refusal> {
      return controller.whileIdle(async (position) => {
        remember(statement);
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
  const reason = `The database is not kept as it was after ${runs[index]?.name}. Run it again, and ask then.`;
  return { status: 409, reason };
}

function readHistory(file: string): readonly string[] {
  const { history } = readRecord(file);
  return Array.isArray(history) ? history.filter((one) => typeof one === "string") : [];
}

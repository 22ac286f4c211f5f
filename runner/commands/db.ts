import { openEmbeddedDatabase } from "../database/open-database.ts";
import { exportLines, psqlHint } from "../database/shell-lines.ts";
import { openWorkspace } from "../workspace/workspace.ts";
import type { Context } from "./context.ts";

/** `db`: the embedded PostgreSQL by itself, until Ctrl-C. @returns the exit code */
export async function dbCommand({ print, note, signal }: Context): Promise<number> {
  const workspace = openWorkspace();
  try {
    const database = await openEmbeddedDatabase(workspace);
    try {
      const lane = await database.openLane("db");
      const lines = exportLines(lane.url);
      const which = lines.length > 1 ? "the line of your shell" : "the line";
      note(`${database.label} is running. In another terminal:`);
      note(`  ${which} below, then: npx tsx steps/01-create.ts`);
      note(`  or: ${psqlHint(database, lane)}`);
      note("Ctrl-C ends it.");
      print(`${lines.join("\n")}\n`);
      await untilAborted(signal);
    } finally {
      await database.close();
    }
  } finally {
    workspace.close();
  }
  return 0;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    // The listener alone does not keep the process alive.
    const alive = setInterval(() => {}, 60_000);
    const end = () => {
      clearInterval(alive);
      resolve();
    };
    if (signal.aborted) end();
    signal.addEventListener("abort", end);
  });
}

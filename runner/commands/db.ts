import { openEmbeddedDatabase } from "../database/open-database.ts";
import { openWorkspace } from "../workspace/workspace.ts";
import type { Context } from "./context.ts";

/** `db`: the embedded PostgreSQL by itself, until Ctrl-C. @returns the exit code */
export async function dbCommand({ print, note, signal }: Context): Promise<number> {
  const workspace = openWorkspace();
  try {
    const database = await openEmbeddedDatabase(workspace);
    try {
      const lane = await database.openLane("db");
      note(`${database.label} is running. In another terminal:`);
      note("  the line below, then: npx tsx steps/01-create.ts");
      note(`  or: psql '${lane.url}'`);
      note("Ctrl-C ends it.");
      print(`export DATABASE_URL='${lane.url}'\n`);
      await new Promise<void>((resolve) => {
        // The listener alone does not keep the process alive.
        const alive = setInterval(() => {}, 60_000);
        const end = () => {
          clearInterval(alive);
          resolve();
        };
        if (signal.aborted) end();
        signal.addEventListener("abort", end);
      });
    } finally {
      await database.close();
    }
  } finally {
    workspace.close();
  }
  return 0;
}

import { summarize } from "../report/summary.ts";
import { type SessionNeeds, withSession } from "../session/with-session.ts";
import { openKeys } from "../terminal/keys.ts";
import { readNotebook } from "../terminal/notebook.ts";
import type { Context } from "./context.ts";

/** Lets a reader follow the guide at a terminal. @returns the exit code */
export async function notebookCommand(needs: SessionNeeds, context: Context): Promise<number> {
  const { guide, drivers, signal } = needs;
  const keys = openKeys(process.stdin, context.interrupt);
  try {
    const judged = await withSession(needs, (session) =>
      readNotebook({
        guide,
        drivers,
        session,
        keys,
        write: context.print,
        width: () => Math.min(process.stdout.columns ?? 80, 100),
        signal,
      }),
    );
    const isWhole = judged.length === guide.runs.length;
    const { verified } = summarize(judged, drivers, 0);
    if (isWhole && verified)
      context.print(`All ${judged.length} outputs are what the guide documents.\n`);
    return isWhole && verified ? 0 : 1;
  } finally {
    keys.close();
  }
}

import { summarize } from "../report/summary.ts";
import { type SessionNeeds, withSession } from "../session/with-session.ts";
import { titleOf } from "../terminal/cover.ts";
import { openKeys } from "../terminal/keys.ts";
import { readNotebook } from "../terminal/notebook.ts";
import { openScreen } from "../terminal/screen.ts";
import type { Context } from "./context.ts";

/** Lets a reader follow the guide at a terminal. @returns the exit code */
export async function notebookCommand(needs: SessionNeeds, context: Context): Promise<number> {
  const { guide, drivers, signal } = needs;
  const screen = openScreen(context.print);
  const keys = openKeys(process.stdin, context.interrupt);
  screen.write(`${titleOf(guide)}\n`); // at once; the database takes a moment
  try {
    const judged = await withSession(needs, (session) =>
      readNotebook({ guide, drivers, session, keys, screen, signal }),
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

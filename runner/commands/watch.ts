import { openReporters } from "../report/reporters.ts";
import { watchGuide } from "../session/watch.ts";
import { type SessionNeeds, withSession } from "../session/with-session.ts";
import type { Context } from "./context.ts";

/** `--watch`: ends with Ctrl-C. @returns the exit code */
export async function watchCommand(needs: SessionNeeds, context: Context): Promise<number> {
  const { guide, drivers, signal } = needs;
  const reporter = await openReporters([], context.print);
  await withSession(needs, (session) =>
    watchGuide({
      guide,
      drivers,
      session,
      reporter,
      write: context.print,
      input: process.stdin,
      signal,
    }),
  );
  return 0;
}

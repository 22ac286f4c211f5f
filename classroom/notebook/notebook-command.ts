import type { Context } from "../../runner/cli/program.ts";
import type { Interactive } from "../../runner/cli/run.ts";
import { allVerified, summarize } from "../../runner/report/events.ts";
import type { SessionOptions } from "../../runner/run/session.ts";
import { withSession } from "../../runner/run/with-session.ts";
import { titleOf } from "./cover.ts";
import { openKeys } from "./keys.ts";
import { readNotebook as turnPages } from "./notebook.ts";
import { reviewWith } from "./review.ts";
import { openScreen } from "./screen.ts";

/** Lets a reader follow the guide at a terminal. @returns the exit code */
export async function readNotebook(options: SessionOptions, context: Context): Promise<number> {
  const { guide, clients, signal } = options;
  const screen = openScreen(context.print);
  const keys = openKeys(process.stdin, context.interrupt);
  screen.write(`${titleOf(guide)}\n`); // at once; the database takes a moment
  try {
    const judged = await withSession(options, (session) =>
      turnPages({ guide, clients, session, keys, screen, signal }),
    );
    const isWhole = judged.length === guide.runs.length;
    const { verified } = summarize(judged, clients, 0);
    if (isWhole && verified) {
      const documented = judged.filter(({ run }) => !run.isSetup);
      context.print(`${allVerified(documented.length, clients.length)}.\n`);
    }
    return isWhole && verified ? 0 : 1;
  } finally {
    keys.close();
  }
}

/** `--review`: asks at a terminal about each change to a golden file. */
export const openReview: Interactive["openReview"] = async ({ print, signal, interrupt }) => {
  const keys = openKeys(process.stdin, interrupt);
  return { accept: reviewWith(keys, print, signal), close: keys.close };
};

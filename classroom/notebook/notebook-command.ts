import type { Context } from "../../runner/cli/program.ts";
import type { Interactive } from "../../runner/cli/run.ts";
import { lessonOf, loadClients } from "../../runner/guide/clients.ts";
import { summarize, verifiedSentence } from "../../runner/report/events.ts";
import { countedSession } from "../../runner/run/counted-session.ts";
import { findReady, type ReadyClient } from "../../runner/run/select-clients.ts";
import type { SessionOptions } from "../../runner/run/session.ts";
import { withSnapshots } from "../../runner/snapshots/with-snapshots.ts";
import { openKeys } from "../common/keys.ts";
import { openScreen } from "../common/screen.ts";
import { readGuide } from "./notebook.ts";
import { type Choice, titleOf } from "./pages.ts";
import { reviewWith } from "./review.ts";
import { openTableLog } from "./table-log.ts";

/** Lets a reader follow the guide at a terminal. @returns the exit code */
export async function readNotebook(options: SessionOptions, context: Context): Promise<number> {
  const { guide, signal } = options;
  const screen = openScreen(context.print);
  const keys = openKeys(process.stdin, context.interrupt);
  const starting = "Starting the database …";
  screen.write(`${titleOf(guide)}\n${starting}${screen.isPlain ? "\n" : ""}`); // it takes a moment
  try {
    // Standalone clients that the reader named are read, and nothing else.
    const asked = options.standalone.length > 0 ? [] : lessonOf(guide, loadClients(guide));
    const { standalone: lesson } = await findReady(asked);
    const choices = choicesFrom(options, lesson);
    const { judged, clients } = await withSnapshots(
      { ...options, standalone: [...options.standalone, ...lesson] },
      (opened) => {
        if (!screen.isPlain) screen.write("\r\x1b[K");
        const tables = openTableLog(countedSession(opened));
        const { session } = tables;
        return readGuide({ guide, choices, session, keys, screen, signal, tables });
      },
    );
    const isWhole = judged.length === guide.runs.length;
    const { verified } = summarize(judged, clients, 0);
    if (isWhole && verified) {
      const documented = judged.filter(({ run }) => !run.isSetup);
      context.print(`${verifiedSentence(summarize(documented, clients, 0))}.\n`);
    }
    return isWhole && verified ? 0 : 1;
  } finally {
    keys.close();
  }
}

function choicesFrom(
  { clients, standalone }: SessionOptions,
  lesson: readonly ReadyClient[],
): [Choice, ...Choice[]] {
  const scripts = standalone.length === clients.length ? standalone : [];
  const asked: Choice = { title: "the shared step", clients, scripts };
  const libraries = lesson.map(
    (client): Choice => ({ title: client.label, clients: [client.name], scripts: [client] }),
  );
  return [asked, ...libraries];
}

/** `--review`: asks at a terminal about each change to a golden file. */
export const openReview: Interactive["openReview"] = async ({ print, signal, interrupt }) => {
  const keys = openKeys(process.stdin, interrupt);
  return { accept: reviewWith(keys, print, signal), close: keys.close };
};

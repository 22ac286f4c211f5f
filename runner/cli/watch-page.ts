import { Failure } from "../common/failure.ts";
import { hideSecrets } from "../common/secrets.ts";
import { harmless } from "../common/visible.ts";
import type { Unavailable } from "../guide/clients.ts";
import type { Guide } from "../guide/guide.ts";
import { loadGuide } from "../guide/load-guide.ts";
import type { Page } from "../page/page.ts";
import { setupFilesOf } from "../page/settings.ts";
import type { Reporter } from "../report/events.ts";
import { openReporters } from "../report/reporters.ts";
import { runAll } from "../run/run-all.ts";
import type { SessionOptions } from "../run/session.ts";
import { shareServer } from "../run/shared-server.ts";
import { type FileWatch, watchFiles } from "../run/watch-files.ts";
import { thenClose, withHost, withSession } from "../run/with-session.ts";
import type { Context } from "./program.ts";
import { eachChange, showChanges } from "./watch.ts";

type Prepare = (
  guide: Guide,
) => Promise<SessionOptions & { readonly unavailable: readonly Unavailable[] }>;

/**
 * `--watch` with a page: follows it, and again when it is saved, or a file that sets it up, in new databases. Shows
 * only what changed. Ends with Ctrl-C.
 * @param page as it was when the command began
 * @param prepare picks the clients of the page as it is now
 */
export async function watchPage(page: Page, prepare: Prepare, context: Context) {
  const { note, print, signal } = context;
  const { file } = page;
  const reporter = await openReporters([], print);
  await withHost({ inPlace: false, tables: [], note, signal }, async (own) => {
    const server = await own.openServer();
    const share = shareServer(own, server);
    const watch = async () => {
      const judge = openJudge(page, prepare, context, reporter, share);
      let files: FileWatch | undefined;
      const open = (request: (first: number) => void) => {
        files = watchFiles([file], () => request(0));
        return files;
      };
      await eachChange(open, signal, async () => {
        files?.add(await setupFilesOf(file)); // the page may name others now
        try {
          await judge();
        } catch (error) {
          // A page that cannot be followed at this moment: say so, and wait for the next save.
          if (signal.aborted || !(error instanceof Failure) || error.kind === "cleanup")
            throw error;
          print(harmless(hideSecrets(`${error.message}\n`)));
        }
      });
    };
    await thenClose(watch, server.close, note);
  });
}

/** @returns what judges the page as it is now */
function openJudge(
  { file, options }: Page,
  prepare: Prepare,
  context: Context,
  reporter: Reporter,
  share: ReturnType<typeof shareServer>,
) {
  const show = showChanges(reporter, context.print);
  let isStarted = false;

  return async (): Promise<void> => {
    const started = performance.now();
    const guide = await loadGuide(file, options);
    const { unavailable, ...whole } = await prepare(guide);
    const { clients, runs } = whole;
    await withSession({ ...whole, host: share() }, async (session) => {
      if (!isStarted) reporter.start({ guide, server: session.server.label, clients, unavailable });
      isStarted = true;
      const done = await runAll({ guide, runs, clients, session });
      if (!context.signal.aborted) show(guide, done, clients, started);
    });
  };
}

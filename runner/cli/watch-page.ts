import type { Unavailable } from "../guide/clients.ts";
import type { Guide } from "../guide/guide.ts";
import { loadGuide } from "../guide/load-guide.ts";
import type { Page } from "../page/page.ts";
import { setupFilesOf } from "../page/settings.ts";
import { openReporters } from "../report/reporters.ts";
import { runAll } from "../run/run-all.ts";
import type { SessionOptions } from "../run/session.ts";
import { withSharedServer } from "../run/shared-server.ts";
import { type FileWatch, watchFiles } from "../run/watch-files.ts";
import { withSession } from "../run/with-session.ts";
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
export async function watchPage({ file, options }: Page, prepare: Prepare, context: Context) {
  const { print, signal } = context;
  const reporter = await openReporters([], print);
  const show = showChanges(reporter, print);
  let isStarted = false;
  let files: FileWatch | undefined;
  const open = (request: (first: number) => void) => {
    files = watchFiles([file], () => request(0));
    return files;
  };
  await withSharedServer(context, async (server, share) => {
    await eachChange(open, context, async () => {
      files?.add((await setupFilesOf(file)).files); // the page may name others now
      const started = performance.now();
      const guide = await loadGuide(file, options);
      const { unavailable, ...whole } = await prepare(guide);
      const { clients, runs } = whole;
      await withSession({ ...whole, host: share() }, async (session) => {
        if (!isStarted) reporter.start({ guide, server, clients, unavailable });
        isStarted = true;
        const done = await runAll({ guide, runs, clients, session });
        if (!signal.aborted) show(guide, done, clients, started);
      });
    });
  });
}

import { Failure } from "../common/failure.ts";
import { hideSecrets } from "../common/secrets.ts";
import { harmless } from "../common/visible.ts";
import type { Unavailable } from "../guide/clients.ts";
import type { Guide, Run } from "../guide/guide.ts";
import { loadGuide } from "../guide/load-guide.ts";
import type { Page } from "../page/page.ts";
import { setupFilesOf } from "../page/settings.ts";
import type { Reporter } from "../report/events.ts";
import { openReporters } from "../report/reporters.ts";
import { runAll } from "../run/run-all.ts";
import type { SessionOptions } from "../run/session.ts";
import { shareServer } from "../run/shared-server.ts";
import { watchFiles } from "../run/watch-files.ts";
import { thenClose, withHost, withSession } from "../run/with-session.ts";
import type { Context } from "./program.ts";
import { eachChange, showChanges } from "./watch.ts";

type Prepare = (
  guide: Guide,
) => Promise<SessionOptions & { readonly unavailable: readonly Unavailable[] }>;

/**
 * `--watch` with a page: follows it, and when it is saved, judges it again from the first block that changed.
 * What comes before that is only repeated, in new databases. Ends with Ctrl-C.
 * @param page as it was when the command began
 * @param prepare picks the clients of the page as it is now
 */
export async function watchPage(page: Page, prepare: Prepare, context: Context) {
  const { note, print, signal } = context;
  const { file } = page;
  const setups = await setupFilesOf(file);
  const reporter = await openReporters([], print);
  await withHost({ inPlace: false, tables: [], note, signal }, async (own) => {
    const server = await own.openServer();
    const share = shareServer(own, server);
    const watch = async () => {
      const judge = openJudge(page, prepare, context, reporter, share);
      const open = (request: (first: number) => void) =>
        watchFiles([file, ...setups], (changed) => request(changed === file ? 1 : 0));
      await eachChange(open, signal, async (isPage) => {
        try {
          await judge(isPage === 1);
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

/** @returns what judges the page as it is now; from the first block that changed, if it is told that one did */
function openJudge(
  { file, options }: Page,
  prepare: Prepare,
  context: Context,
  reporter: Reporter,
  share: ReturnType<typeof shareServer>,
) {
  const show = showChanges(reporter, context.print);
  let before: Guide | undefined;

  return async (isPage: boolean): Promise<void> => {
    const started = performance.now();
    const guide = await loadGuide(file, options);
    const { unavailable, ...whole } = await prepare(guide);
    const first = isPage && before ? firstChanged(before, guide) : 0;
    const { clients, runs } = whole;
    await withSession({ ...whole, host: share() }, async (session) => {
      if (!before) reporter.start({ guide, server: session.server.label, clients, unavailable });
      const done = await runAll({ guide, runs, clients, session });
      if (!context.signal.aborted) show(guide, done, clients, started, first);
    });
    before = guide;
  };
}

/** Finds the first run that depends on a block which changed: its own, its output, or one that comes before. */
function firstChanged(before: Guide, now: Guide): number {
  const [old, blocks] = [before, now].map(({ page }) => page?.blocks ?? []);
  const same = (index: number) =>
    JSON.stringify(contentOf(old?.[index])) === JSON.stringify(contentOf(blocks?.[index]));
  const changed = blocks?.find((_, index) => !same(index));
  const line = changed ? changed.block.line : Number.POSITIVE_INFINITY;
  return now.runs.find((run) => lineOf(run) >= line)?.index ?? now.runs.length;
}

function contentOf(read: Page["blocks"][number] | undefined) {
  const { block, fate } = read ?? {};
  return [block?.info, block?.language, block?.content, block?.directives, block?.tab, fate?.kind];
}

function lineOf({ inPage }: Run): number {
  return Number(inPage?.name.split(":").at(-1));
}

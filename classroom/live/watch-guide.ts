import { statSync } from "node:fs";
import { join, relative } from "node:path";
import { Failure } from "../../runner/common/failure.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import { firstAffected, watchFiles } from "../../runner/run/watch-files.ts";
import type { Controller } from "./controller.ts";
import type { LiveState } from "./live-state.ts";
import type { LivePage } from "./make-page.ts";

/** An editor may write a file in several parts. */
const SETTLED_MS = 60;

interface Watched {
  readonly guide: Guide;
  /** Their names. */
  readonly clients: readonly string[];
  readonly page: LivePage;
  readonly controller: Controller;
  readonly state: LiveState;
  /** Called after each save, before the pages load again. */
  readonly onUpdate: () => void;
  readonly onFailure: (error: unknown) => void;
}

/** Updates the page after each save, and marks the runs that depend on the file. @returns ends that */
export function watchGuide(watched: Watched): () => Promise<void> {
  const { guide, clients, page, controller, state, onUpdate, onFailure } = watched;
  const files = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let work = Promise.resolve();

  /** @returns why the page stays as it is */
  async function reloadPage(): Promise<string | undefined> {
    try {
      if (await page.reload()) state.reload();
      return undefined;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return error.message;
    }
  }

  async function update(): Promise<void> {
    const affected = [...files].flatMap((file) => firstAffected(guide, clients, file) ?? []);
    // ctime: a file that was moved here may be old.
    const times = [...files].map(
      (file) => statSync(file, { throwIfNoEntry: false })?.ctimeMs ?? Date.now(),
    );
    const unused = guide.steps.find(({ file }) => files.has(file) && affected.length === 0);
    files.clear();
    onUpdate();
    if (unused) {
      const file = relative(process.cwd(), unused.file);
      const message = `${file} is not used on this page. Edit the file that is named above a step's code.`;
      state.setStatus({ message });
    }
    if (controller.block(await reloadPage())) affected.push(0);
    if (affected.length > 0) controller.saved(Math.min(...affected), Math.max(...times));
  }

  const scripts = clients.flatMap((name) => /^standalone\/[^.]+/.exec(name)?.[0] ?? []);
  // Elsewhere in the guide's directory, a step may write: a reader who has run it need not run it again.
  const folders = [...new Set(["steps", "drivers", "expected", ...scripts])];
  const paths = folders.map((name) => join(guide.directory, name));
  const { close } = watchFiles(paths, (file) => {
    files.add(file);
    clearTimeout(timer);
    timer = setTimeout(() => {
      work = work.then(update);
      work.catch(onFailure);
    }, SETTLED_MS);
  });
  return async () => {
    clearTimeout(timer);
    await close();
    await work.catch(() => {});
  };
}

import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type FSWatcher, watch } from "chokidar";
import type { Guide } from "../guide/guide.ts";

/** chokidar tells of no second change of a file within 50 ms, which may be the one that counts. */
const LOOK_AGAIN_MS = 60;

/** No part of the guide: what is large, and what editors and Python write for themselves. */
const noPart = /[\\/](node_modules|venv|__pycache__|\.[^\\/]*|[^\\/]*~)$/;

/**
 * Watches the files on which a guide's runs depend.
 * @param onSave is told of each that is saved, made or removed
 * @returns ends the watching
 */
export function watchSaves(
  guide: Pick<Guide, "directory">,
  clients: readonly string[],
  onSave: (file: string) => void,
): () => Promise<void> {
  const scripts = clients.flatMap((name) => /^standalone\/[^.]+/.exec(name)?.[0] ?? []);
  const folders = ["steps", "drivers", "expected", ...scripts].map((name) =>
    join(guide.directory, name),
  );
  const open = (usePolling: boolean): FSWatcher =>
    watch([...new Set(folders)], {
      ignoreInitial: true,
      ignored: (path) => noPart.test(path),
      usePolling,
      alwaysStat: true,
    }).on("all", (_, file, stats) => {
      onSave(file);
      lookAgain(file, stats);
    });
  const looks = new Set<NodeJS.Timeout>();
  function lookAgain(file: string, seen: Stats | undefined): void {
    const compare = (now: Stats) => {
      if (now.isFile() && now.mtimeMs !== seen?.mtimeMs) onSave(file);
    };
    const look = setTimeout(() => {
      looks.delete(look);
      stat(file).then(compare, () => {}); // it is gone, which is told by itself
    }, LOOK_AGAIN_MS);
    looks.add(look);
  }

  const watcher = open(false);
  let looking: FSWatcher | undefined;
  // A user has only so many watches, and other programs may have them all: then we look for ourselves.
  watcher.on("error", () => {
    if (looking) return;
    void watcher.close(); // what it still sees would be told twice
    looking = open(true).on("error", () => {});
  });
  return async () => {
    for (const look of looks) clearTimeout(look);
    await Promise.all([watcher.close(), looking?.close()]);
  };
}

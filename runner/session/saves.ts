import { join } from "node:path";
import { type FSWatcher, watch } from "chokidar";
import type { Guide } from "../guide/guide.ts";

/**
 * Watches the files on which a guide's runs depend.
 * @param onSave is told of each that is saved, made or removed
 * @returns ends the watching
 */
export function watchSaves(
  guide: Guide,
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
      ignored: (path) => /[\\/](node_modules|venv)$/.test(path), // large, and no part of the guide
      usePolling,
    }).on("all", (_, file) => onSave(file));

  const watcher = open(false);
  let looking: FSWatcher | undefined;
  // A user has only so many watches, and other programs may have them all: then we look for ourselves.
  watcher.on("error", () => {
    if (looking) return;
    void watcher.close(); // what it still sees would be told twice
    looking = open(true).on("error", () => {});
  });
  return async () => void (await Promise.all([watcher.close(), looking?.close()]));
}

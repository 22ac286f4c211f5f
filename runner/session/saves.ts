import { join } from "node:path";
import { watch } from "chokidar";
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
  const watcher = watch([...new Set(folders)], {
    ignoreInitial: true,
    ignored: (path) => /[\\/](node_modules|venv)$/.test(path), // large, and no part of the guide
  });
  watcher.on("all", (_, file) => onSave(file));
  return () => watcher.close();
}

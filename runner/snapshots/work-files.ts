import { cpSync, existsSync, mkdirSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Links that `makeWorkDirectory` and a page's launch make at the top. */
const linked = /^(node_modules|package\.json)$/;

/**
 * Copies what steps wrote into a client's directory. What the runner linked there is made again anyway.
 * @param to a new directory
 * @returns the new directory; undefined if there is nothing to keep
 * @throws an error of the system for what cannot be copied, such as a pipe
 */
export function saveFiles(from: string, to: string, guide: string): string | undefined {
  if (!existsSync(from)) return undefined;
  let isEmpty = true;

  function save(inside: string): void {
    for (const entry of readdirSync(join(from, inside), { withFileTypes: true })) {
      const path = join(inside, entry.name);
      // Where package managers write to, a link that is not there was removed.
      const isPackages =
        entry.name === "node_modules" || existsSync(join(from, path, "pyvenv.cfg"));
      if (entry.isSymbolicLink()) {
        const isLinked = inside === "" && linked.test(entry.name);
        if (isLinked || readlinkSync(join(from, path)) === join(guide, path)) continue;
      }
      if (entry.isDirectory() && !isPackages) {
        const isOurs = existsSync(join(guide, path)) && path.split(/[\\/]/)[0] === "steps";
        if (!isOurs) {
          isEmpty = false;
          mkdirSync(join(to, path), { recursive: true });
        }
        save(path);
        continue;
      }
      isEmpty = false;
      const options = { verbatimSymlinks: true, preserveTimestamps: true, recursive: true };
      mkdirSync(join(to, inside), { recursive: true });
      cpSync(join(from, path), join(to, path), options);
    }
  }

  save("");
  return isEmpty ? undefined : to;
}

/** @param from from `saveFiles` */
export function restoreFiles(from: string | undefined, to: string): void {
  if (from === undefined) return;
  mkdirSync(to, { recursive: true, mode: 0o700 });
  cpSync(from, to, { verbatimSymlinks: true, preserveTimestamps: true, recursive: true });
}

/** @param files from `saveFiles` */
export function removeFiles(files: string | undefined): void {
  if (files !== undefined) rmSync(files, { recursive: true, force: true, maxRetries: 5 });
}

import { createRequire } from "node:module";
import { join } from "node:path";
import { isInstalled } from "../common/project.ts";
import { type Kept, keepPrograms, manifestOf, takePrograms } from "../run/program-cache.ts";
import { findCacheDirectory } from "../workspace/cache-directory.ts";

/** Without `.js`, which would have tsx read all of it first. node takes it for CommonJS. */
const name = "runner";

/**
 * Loads the runner, from a program in the cache, which is made anew when a source has changed. Where
 * nothing can be kept, the sources are loaded one by one. Those of the package are compiled already.
 * @param main absolute path of the first module
 * @param load imports the same module from its source
 */
export async function loadRunner<Runner>(
  main: string,
  load: () => Promise<Runner>,
): Promise<Runner> {
  const root = isInstalled ? undefined : findCacheDirectory();
  const kept = root && (await programIn(manifestOf(root, [main]), main));
  if (!kept) return load();
  const runner: Runner = createRequire(import.meta.url)(join(kept.directory, name));
  return runner;
}

async function programIn(manifest: string, main: string): Promise<Kept | undefined> {
  const kept = takePrograms(manifest);
  if (kept) return kept;
  try {
    const { compileRunner } = await import("./compile-runner.ts");
    const started = Date.now();
    return keepPrograms(manifest, await compileRunner(main, name), started);
  } catch {
    return undefined; // tsx says better than esbuild what is wrong with a source
  }
}

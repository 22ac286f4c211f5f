import { rmSync } from "node:fs";
import module, { createRequire } from "node:module";
import { join } from "node:path";
import { isRecord } from "../common/json.ts";
import { digestOf, readKept, stateOf } from "../common/kept-texts.ts";
import { cacheCandidates, isReady } from "../workspace/find-cache.ts";

/**
 * Loads the runner as one compiled program from the cache. It is compiled again when one of its files has
 * changed. If the cache cannot be written, its files are loaded one by one. In the package they are
 * compiled already.
 * @param main absolute path of the first module
 * @param load imports the same module from its source
 */
export async function loadRunner<Runner>(
  main: string,
  load: () => Promise<Runner>,
): Promise<Runner> {
  const isInstalled = !import.meta.filename.endsWith(".ts");
  const root = isInstalled ? undefined : await findRoot();
  if (!root) return load();
  const file = compiledFile(root, main);
  const byteCode = join(root, "v8");
  if (!isCurrent(file)) {
    if (!(await compile(main, file))) return load();
    rmSync(byteCode, { recursive: true, force: true }); // or it would only grow
  }
  // Node.js 20 has no such cache.
  if ("enableCompileCache" in module && typeof module.enableCompileCache === "function") {
    module.enableCompileCache(byteCode);
  }
  const runner: Runner = createRequire(import.meta.url)(file);
  return runner;
}

/** Most starts find it without the modules that make it. */
async function findRoot(): Promise<string | undefined> {
  const [first = ""] = cacheCandidates();
  if (isReady(first)) return first;
  const { findCacheDirectory } = await import("../workspace/cache-directory.ts");
  return findCacheDirectory();
}

/**
 * Returns the path of the compiled runner. It does not end with `.js`: tsx would read all of it first.
 * @param root the directory that outlives a run
 * @param main absolute path of the first module
 */
export function compiledFile(root: string, main: string): string {
  return join(root, "runner", digestOf(main).slice(0, 16));
}

/** True if the compiled runner is there, whole, and as its sources are now. */
export function isCurrent(file: string): boolean {
  const states = readKept(file)?.head.inputs;
  if (!isRecord(states)) return false;
  return Object.entries(states).every(([input, state]) => stateOf(input) === state);
}

async function compile(main: string, file: string): Promise<boolean> {
  try {
    const { compileRunner, keepRunner } = await import("./compile-runner.ts");
    const started = Date.now();
    keepRunner(file, await compileRunner(main), started);
    return true;
  } catch {
    return false; // tsx explains better than esbuild what is wrong with a source
  }
}

import type { TestProject } from "vitest/node";
import { emptyCache, removeCache, start } from "./command.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** A cache directory as one run leaves it. */
    seed: string;
  }
}

/** Runs the guide once: compiling the runner and initdb would take every other case seconds. */
export default async function setup(project: TestProject): Promise<() => void> {
  const cache = emptyCache();
  const { ended } = start(["--yes"], { XDG_CACHE_HOME: cache }, 120);
  const { code, stdout, stderr } = await ended;
  if (code !== 0) throw new Error(`The guide itself is not verified here.\n${stdout}${stderr}`);
  project.provide("seed", cache);
  return () => removeCache(cache);
}

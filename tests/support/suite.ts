import type { TestProject } from "vitest/node";
import compilePrograms from "./programs.ts";
import startServer from "./server.ts";

/** Starts the server while the programs are compiled. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const teardowns = await Promise.all([startServer(project), compilePrograms(project)]);
  return async () => {
    for (const teardown of teardowns) await teardown();
  };
}

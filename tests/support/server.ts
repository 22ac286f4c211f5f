import type { TestProject } from "vitest/node";
import { startEmbedded } from "../../runner/database/embedded/embedded.ts";
import { openWorkspace } from "../../runner/workspace/workspace.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** A real server, shared by all tests. Its role may create databases. */
    databaseUrl: string;
  }
}

/** Starts one server for the whole suite. Where it does not start, no test runs, and vitest fails. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const workspace = openWorkspace();
  const server = await startEmbedded(workspace);
  project.provide("databaseUrl", server.url);
  return async () => {
    await server.close();
    workspace.close();
  };
}

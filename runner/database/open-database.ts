import type { Workspace } from "../workspace/workspace.ts";
import { type DatabaseOptions, openGiven } from "./given.ts";
import type { GuideDatabase } from "./guide-database.ts";

/**
 * Opens the server that the connection string names, or the embedded one where there is none.
 * @throws Failure of kind "database"
 */
export function openGuideDatabase(
  workspace: Workspace,
  url: string | undefined,
  options: DatabaseOptions,
): Promise<GuideDatabase> {
  if (url !== undefined) return openGiven(url, options);
  return openEmbeddedDatabase(workspace, options.signal);
}

/**
 * @param signal nobody wants to wait any longer
 * @throws Failure of kind "database"
 */
export async function openEmbeddedDatabase(
  workspace: Workspace,
  signal: AbortSignal,
): Promise<GuideDatabase> {
  return (await import("./embedded/embedded.ts")).openEmbedded(workspace, signal);
}

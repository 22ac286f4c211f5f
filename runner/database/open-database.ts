import type { Workspace } from "../workspace/workspace.ts";
import { type DatabaseOptions, openExternal } from "./external.ts";
import type { GuideServer } from "./guide-database.ts";

/**
 * Opens the server that the connection string names, or the embedded one where there is none.
 * @throws Failure of kind "database"
 */
export function openGuideServer(
  workspace: Workspace,
  url: string | undefined,
  options: DatabaseOptions,
): Promise<GuideServer> {
  if (url !== undefined) return openExternal(url, options);
  return openEmbeddedServer(workspace, options.signal);
}

/**
 * @param signal nobody wants to wait any longer
 * @throws Failure of kind "database"
 */
export async function openEmbeddedServer(
  workspace: Workspace,
  signal: AbortSignal,
): Promise<GuideServer> {
  return (await import("./embedded/embedded.ts")).openEmbedded(workspace, signal);
}

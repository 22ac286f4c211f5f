import type { Workspace } from "../workspace/workspace.ts";
import { type DatabaseOptions, openGiven } from "./given.ts";
import type { GuideDatabase } from "./guide-database.ts";

/**
 * @param url undefined: start the embedded PostgreSQL
 * @throws Failure of kind "database"
 */
export async function openGuideDatabase(
  workspace: Workspace,
  url: string | undefined,
  options: DatabaseOptions,
): Promise<GuideDatabase> {
  if (url !== undefined) return openGiven(url, options);
  return (await import("./embedded/embedded.ts")).openEmbedded(workspace);
}

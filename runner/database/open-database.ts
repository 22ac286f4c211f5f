import type { Workspace } from "../workspace/workspace.ts";
import { type GivenChoice, openGiven } from "./given.ts";
import type { GuideDatabase } from "./guide-database.ts";

export interface DatabaseChoice extends GivenChoice {
  /** undefined: start the embedded PostgreSQL. */
  readonly url: string | undefined;
}

/** @throws Failure of kind "database" */
export async function openGuideDatabase(
  workspace: Workspace,
  { url, ...choice }: DatabaseChoice,
): Promise<GuideDatabase> {
  if (url !== undefined) return openGiven(url, choice);
  return (await import("./embedded/embedded.ts")).openEmbedded(workspace);
}

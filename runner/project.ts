import { join, resolve } from "node:path";
import { isInstalled } from "../drivers/connection/installed.ts";

/** The directory of this project: its drivers and, in a checkout, its own guide. */
export const project = join(import.meta.dirname, "..");

/** Where the project's package.json is. The package has its compiled files in a folder of their own. */
export const packageFile = join(project, isInstalled ? "../package.json" : "package.json");

/** By which a guide elsewhere imports `step`, and what drivers are made of. */
export const packageName = "neon-typescript-guide";

/** @param wanted what `--guide` names. Without it, a checkout has its own guide, and the package none */
export function guideDirectory(wanted: string | undefined): string {
  if (wanted !== undefined) return resolve(wanted);
  return isInstalled ? process.cwd() : project;
}

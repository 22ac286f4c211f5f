import { extname, join, relative, resolve, sep } from "node:path";

/** True in the package, whose sources are compiled; false in a checkout of the project. */
export const isInstalled = !import.meta.filename.endsWith(".ts");

/** What a reader types to run a guide. */
export const guideCommand = isInstalled ? "npx run-guide" : "npx tsx run-guide.ts";

/** The directory of this project: its drivers and, in a checkout, its own guide. */
export const project = join(import.meta.dirname, "../..");

const codeFolders = ["drivers", "runner", "classroom"].map((name) => join(project, name) + sep);

/** True for a file of this project's code, which is not a guide's. @param file absolute path */
export function isOwnCode(file: string): boolean {
  return codeFolders.some((folder) => file.startsWith(folder));
}

/** Where the project's package.json is. The package has its compiled files in a folder of their own. */
export const packageFile = join(project, isInstalled ? "../package.json" : "package.json");

/** By which a guide elsewhere imports `step`, and what drivers are made of. */
export const packageName = "neon-typescript-guide";
export type PackageModule = "step" | "driver" | "values";

/** @param wanted what `--guide` names. Without it, a checkout has its own guide, and the package none */
export function guideDirectory(wanted: string | undefined): string {
  if (wanted !== undefined) return resolve(wanted);
  return isInstalled ? process.cwd() : project;
}

/** What a reader types to run the guide of this directory. */
export function commandFor(directory: string): string {
  if (directory === guideDirectory(undefined)) return guideCommand;
  return `${guideCommand} --guide ${shellWord(relative(process.cwd(), directory) || ".")}`;
}

/** The files behind the package's addresses, as "exports" in package.json has them. */
export function moduleFile(name: PackageModule): string {
  return join(project, "drivers", name + extname(import.meta.filename));
}

/** How a file in this directory imports one of them: within a checkout by path, elsewhere by package. */
export function moduleFor(directory: string, name: PackageModule): string {
  const path = relative(directory, moduleFile(name)).replaceAll("\\", "/");
  const isWithin = !isInstalled && !relative(project, directory).startsWith("..");
  if (!isWithin) return `${packageName}/${name}`;
  return path.startsWith(".") ? path : `./${path}`;
}

/** Quotes a word for the shell of this system, so that a printed command works when it is pasted. */
export function shellWord(text: string, platform = process.platform): string {
  if (/^[\w./\\:@+-]+$/.test(text)) return text;
  return platform === "win32" ? `"${text}"` : `'${text.replaceAll("'", "'\\''")}'`;
}

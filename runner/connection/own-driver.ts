import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Driver } from "../../drivers/driver.ts";
import { project } from "../common/project.ts";
import { SetupError } from "./errors.ts";

/**
 * Find a driver in the `drivers/` of a guide elsewhere.
 * @param file the step's
 * @param name of the driver; a whole path for one that the runner has compiled
 * @param known names of the project's drivers
 * @throws SetupError that names the drivers to choose from
 */
export function ownDriver(
  file: string,
  name: string | undefined,
  known: readonly string[],
): { name: string; load: () => Promise<Driver> } {
  const directory = join(dirname(file), "../drivers");
  // In a checkout, this project's own folder has more than drivers.
  const hasOwn = directory !== join(project, "drivers") && existsSync(directory);
  const own = hasOwn ? readdirSync(directory).filter((entry) => /^[\w-]+\.ts$/.test(entry)) : [];
  const names = own.map((entry) => basename(entry, ".ts"));
  const path = names.includes(name ?? "") ? join(directory, `${name}.ts`) : name;
  if (path && /[\\/]/.test(path)) {
    return { name: path, load: () => import(pathToFileURL(path).href) };
  }
  const usage = `Choose one with --driver ${[...known, ...names].join(" or --driver ")}.`;
  if (name) throw new SetupError(`There is no driver "${name}". ${usage}`);
  throw new SetupError(`A step has one option, --driver. ${usage}`);
}

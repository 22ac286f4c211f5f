import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { SetupError } from "../runner/connection/errors.ts";
import type { Driver } from "./driver.ts";
import { drivers } from "./drivers.ts";

/**
 * Loads the driver that `--driver` names: one of `drivers.ts`, or a file in the guide's own `drivers/`.
 * @param stepFile of the step that is run
 * @throws SetupError where there is none
 */
export async function chosenDriver(stepFile: string): Promise<Driver> {
  const own = join(dirname(stepFile), "../drivers");
  // In a checkout, this project's folder has more than drivers.
  const ownNames = own !== import.meta.dirname && existsSync(own) ? namesIn(own) : [];
  const names = [...Object.keys(drivers), ...ownNames];
  const usage = `Choose one with --driver ${names.join(" or --driver ")}.`;
  const name = readChoice(usage);

  const load = Object.hasOwn(drivers, name) && drivers[name];
  if (load) return load();
  // The runner gives the whole path of what it has made of a driver.
  if (/[\\/]/.test(name)) return import(pathToFileURL(name).href);
  if (ownNames.includes(name)) return import(pathToFileURL(join(own, `${name}.ts`)).href);
  throw new SetupError(`There is no driver "${name}". ${usage}`);
}

function namesIn(directory: string): string[] {
  return readdirSync(directory).flatMap((file) => /^([\w-]+)\.ts$/.exec(file)?.[1] ?? []);
}

function readChoice(usage: string): string {
  try {
    return parseArgs({ options: { driver: { type: "string", default: "pg" } } }).values.driver;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new SetupError(`${message.split(". ")[0]}. ${usage}`);
  }
}

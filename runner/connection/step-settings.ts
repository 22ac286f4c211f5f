import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Driver } from "../../drivers/driver.ts";
import { project } from "../common/project.ts";
import { SetupError } from "./errors.ts";

type Load = () => Promise<Driver>;

/**
 * Read `--driver` from the command line of a step: one of the project's drivers, a file in the guide's own
 * `drivers/`, or a whole path, which the runner has compiled. `util.parseArgs` would take longer to load than
 * all of this.
 * @param file the step's
 * @throws SetupError for a driver that does not exist, an option that is not known, and in a program of a guide without
 *   one: it would verify pg in the place of each driver
 */
export async function chosenDriver(
  file: string,
  drivers: Readonly<Record<string, Load>>,
): Promise<{ name: string; load: Load }> {
  const words = process.argv.slice(2);
  if (process.env.GUIDE_PROGRAM !== undefined && words.length === 0) {
    throw new SetupError(
      `In a run of a guide, only a TypeScript step in steps/ is told which driver to use, and ${basename(file)} is not: end its name in .ts. In a program of its own, use a library, and not step(…).`,
    );
  }
  const name = readChoice(words);
  const load = name !== undefined && Object.hasOwn(drivers, name) && drivers[name];
  if (load) return { name, load };
  const directory = join(dirname(file), "../drivers");
  const own = ownDrivers(directory);
  const path = name !== undefined && own.includes(name) ? join(directory, `${name}.ts`) : name;
  if (path && /[\\/]/.test(path)) {
    return { name: path, load: () => import(pathToFileURL(path).href) };
  }
  const problem = name ? `There is no driver "${name}".` : "A step has one option, --driver.";
  const all = [...Object.keys(drivers), ...own].map((one) => `--driver ${one}`);
  throw new SetupError(`${problem} Choose one with ${all.join(" or ")}.`);
}

/** The names of a guide's own drivers. In a checkout, this project's own folder has more than drivers. */
function ownDrivers(directory: string): string[] {
  if (directory === join(project, "drivers") || !existsSync(directory)) return [];
  const files = readdirSync(directory).filter((name) => /^[\w-]+\.ts$/.test(name));
  return files.map((name) => basename(name, ".ts"));
}

/** @returns undefined for what is not `--driver NAME` alone */
function readChoice(words: readonly string[]): string | undefined {
  const [first = "--driver", second = "pg", ...others] = words;
  if (others.length > 0) return undefined;
  if (first === "--driver") return second;
  return words.length === 1 && first.startsWith("--driver=") ? first.slice(9) : undefined;
}

/**
 * Find DATABASE_URL in the environment, or in `.env`.
 * @param file the step's
 * @throws SetupError if neither has one
 */
export async function connectionString(file: string): Promise<string> {
  if (process.env.DATABASE_URL) return process.env.DATABASE_URL;
  const { databaseUrl, missingUrl } = await import("./environment.ts");
  const url = databaseUrl();
  if (url) return url;
  throw new SetupError(missingUrl(dirname(dirname(file))));
}

/** True for the name of a scratch database of the runner's, in which all tables are the guide's. */
export function isScratch(database: string): boolean {
  return /^guide_scratch_\w*_[0-9a-f]{8}_[0-9a-f]{6}$/.test(database);
}

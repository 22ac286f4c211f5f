import { dirname } from "node:path";
import type { Driver } from "../../drivers/driver.ts";
import { SetupError } from "./errors.ts";

type Load = () => Promise<Driver>;

/**
 * Read `--driver` from the command line of a step: one of the project's drivers, or a file in the guide's
 * own `drivers/`. `util.parseArgs` would take longer to load than all of this.
 * @param file the step's
 * @throws SetupError for a driver that does not exist, or an option that is not known
 */
export async function chosenDriver(
  file: string,
  drivers: Readonly<Record<string, Load>>,
): Promise<{ name: string; load: Load }> {
  const name = readChoice(process.argv.slice(2));
  const load = name !== undefined && Object.hasOwn(drivers, name) && drivers[name];
  if (load) return { name, load };
  return (await import("./own-driver.ts")).ownDriver(file, name, Object.keys(drivers));
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

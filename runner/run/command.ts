import type { Step } from "../guide/guide.ts";

/** How a process is started: all that a client of the database is to the runner. */
export interface Command {
  readonly program: string;
  readonly arguments: readonly string[];
  /** What is added to the environment; DATABASE_URL is in it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where it works. */
  readonly directory: string;
}

/**
 * Tells how a step is run with a client: a client, or a folder of standalone scripts.
 * @param client its name, such as pg or standalone/drizzle
 */
export type Launch = (step: Step, client: string, databaseUrl: string) => Command;

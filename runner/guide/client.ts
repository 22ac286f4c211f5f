import type { Step } from "./guide.ts";

/** A folder of standalone scripts, one for each step, and how they are run. */
export interface StandaloneClient {
  /** As in `--driver`: standalone/drizzle, or standalone/pg.callbacks for a variant. */
  readonly name: string;
  /** For titles: Drizzle. */
  readonly label: string;
  readonly folder: Folder;
  /** Absolute paths. */
  readonly scripts: ReadonlyMap<Step, string>;
}

export interface Folder {
  readonly directory: string;
  /** Every script in it, those of the variants too: absolute paths. */
  readonly files: readonly string[];
  readonly runtime: Runtime;
}

export type Runtime =
  /** TypeScript is compiled, as the steps are. */
  { readonly kind: "typescript"; readonly connection: "tcp" | "websocket" } | ProgramRuntime;

/** Any other language: a program that is given the script. */
export interface ProgramRuntime {
  readonly kind: "program";
  /** Command lines, of which the first one that passes the check is used. */
  readonly run: readonly string[];
  /** Arguments with which the program succeeds where all is there that the scripts need. */
  readonly check: readonly string[];
  /** For people: what must be there, and how to install it. */
  readonly needs: string;
  readonly install: string;
}

/** Why a client cannot run on this machine, and what to do. */
export interface Unavailable {
  readonly client: string;
  readonly needs: string;
  readonly install: string;
}

/** One line that names the client, what is missing, and the remedy. */
export function describeUnavailable({ client, needs, install }: Unavailable): string {
  return `${client} cannot run here: it needs ${needs}. Install it: ${install}`;
}

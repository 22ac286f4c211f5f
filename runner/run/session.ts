import type { ClientDatabase, GuideServer } from "../database/guide-server.ts";
import type { Guide, Run, Step } from "../guide/guide.ts";
import type { Outcome } from "../guide/outcome.ts";
import type { Golden } from "../verify/golden.ts";
import type { Workspace } from "../workspace/workspace.ts";
import type { Digests } from "./compile-steps.ts";
import type { ReadyClient } from "./select-clients.ts";
import type { Command } from "./step-process.ts";

/** Executes runs, each client in its own database. After its first failure, a client skips the rest. */
export interface Session {
  readonly server: GuideServer;
  /** The run's own directory: what is in it is removed at the end. */
  readonly directory: string;
  /**
   * Executes a run with one client. Runs of one client come one after the other.
   */
  execute(run: Run, client: string, execution?: Execution): Promise<Outcome>;
  /**
   * Starts the processes of the runs that the clients are expected to execute next. They wait for their turn. The
   * caller waits before it asks for anything else.
   */
  expect(runs: readonly Run[], clients: readonly string[]): Promise<void>;
  /** Identifies what a run runs with one client. It changes when a file of it is saved and compiled. */
  programOf(run: Run, client: string): Promise<string>;
  /** The files that a run's program was compiled from. None for what is not compiled. */
  sourcesOf(run: Run, client: string): Digests;
  /** The database of a client's steps. */
  databaseOf(client: string): Promise<ClientDatabase>;
  /** A client's database as it was after some runs, with their files as they are now. Undefined if it is not kept. */
  readonly databaseAfter?: (
    runs: readonly Run[],
    client: string,
  ) => Promise<ClientDatabase | undefined>;
  /** The directory in which a client's steps work. */
  directoryOf(client: string): string;
  /** From now on, every run is skipped. */
  stop(because: string): void;
  /** Compiles the steps again, as their files are now. */
  recompile(): Promise<void>;
  /**
   * Gives a client a new directory, and a new database of the same name.
   * @param template the name of a database that is copied; without it, the new one is empty
   */
  reset(client: string, template?: string): Promise<void>;
  /**
   * Brings clients back to as late a state as can be had without running a step.
   * @param runs those that they are to have been through
   * @returns how many of them they have been through: the caller executes the rest
   */
  rewind(runs: readonly Run[], clients: readonly string[]): Promise<number>;
  /** Removes what was made. @throws Failure of kind "cleanup" that names what could not be */
  close(): Promise<void>;
}

/** How one run is executed. */
export interface Execution {
  /** Ends this run early, as the session's own signal ends all. */
  readonly stop?: AbortSignal | undefined;
  /** What the run is to print. */
  readonly golden?: Golden | undefined;
  /** What the run is to write to stderr; undefined for nothing. */
  readonly stderr?: Golden | undefined;
  /** How many runs follow it at once. */
  readonly following?: number;
  /** False where its client is not brought back to the state after it: no copy is kept. */
  readonly isKept?: boolean;
  /** Is called with the file that the run's stdout goes to, and the byte at which it begins. */
  readonly onStart?: (file: string, firstByte: number) => void;
}

/** Where one run works, and how it starts its process. */
export interface Place {
  readonly directory: string;
  /** With the connection string of the client's database. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where an output goes that no process prints. */
  readonly outputFile: string;
  /** Milliseconds. */
  readonly timeout: number;
  /** What the run is to print. */
  readonly golden: Golden | undefined;
  /** Ends the run early. */
  readonly signal: AbortSignal;
  /** Makes the server take TLS, if it can. @returns the file with its certificate */
  readonly offerTls: (() => Promise<string>) | undefined;
  /** Makes a database like that of the client when it began. The caller closes it. */
  readonly openAnother: () => Promise<ClientDatabase>;
  /**
   * Starts a process, in the directory if the command names no other. It may write to stderr.
   * @param own limits unlike those of the run
   */
  start(
    command: Launched,
    own?: { readonly timeout?: number; readonly exitCode?: number },
  ): Promise<Outcome>;
}

/** A command that works in a directory of the client's own, if it names no other. */
export type Launched = Omit<Command, "directory"> & Partial<Command>;

/**
 * Says how a step is started with a client. A run that is more than one command is played.
 * @param client its name, such as pg or standalone/drizzle
 */
export type Launch = (
  step: Step,
  client: string,
) => Launched | { play(place: Place): Promise<Outcome> };

/** What every way of running a guide needs. */
export interface SessionOptions {
  readonly guide: Guide;
  /** The names of what runs the steps: drivers, and standalone clients. */
  readonly clients: readonly string[];
  /** Those of the clients that are standalone. */
  readonly standalone: readonly ReadyClient[];
  readonly runs: readonly Run[];
  /** Seconds. */
  readonly timeout: number;
  readonly inPlace: boolean;
  /** A client whose run failed does not skip the rest. What prepares must not fail. */
  readonly keepGoing?: boolean | undefined;
  /** Shows what the reader should know while waiting, or afterwards. */
  readonly note: (message: string) => void;
  /** Ends the steps that are running. */
  readonly signal: AbortSignal;
  /** Where the session is, if not on a server and in a workspace that are only for it. */
  readonly host?: Host | undefined;
}

/** A server, and where what runs on it writes to. */
export interface Host {
  readonly workspace: Workspace;
  /** @returns the server, which the session closes */
  openServer(): Promise<GuideServer>;
}

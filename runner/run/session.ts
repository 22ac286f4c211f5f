import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { digestOf, stateOf } from "../common/kept-texts.ts";
import type { ClientDatabase, GuideServer } from "../database/guide-server.ts";
import type { Guide, Run, Step } from "../guide/guide.ts";
import type { Outcome } from "../guide/outcome.ts";
import type { Golden } from "../verify/golden.ts";
import { makePackage } from "../workspace/cache-directory.ts";
import type { Workspace } from "../workspace/workspace.ts";
import { openClientDatabases } from "./client-databases.ts";
import { sourcesOf } from "./compile-steps.ts";
import { OUTPUT_START } from "./output-file.ts";
import { refuseOwnEnvironment } from "./own-environment.ts";
import { refuseOwnLogins } from "./own-logins.ts";
import { refuseLost } from "./refuse-lost.ts";
import type { Wanted } from "./run-step.ts";
import type { ReadyClient } from "./select-clients.ts";
import { databaseEnvironment } from "./step-environment.ts";
import type { Command } from "./step-process.ts";
import { openWaitingProcesses } from "./waiting-processes.ts";
import { makeWorkDirectory, needsModules } from "./work-directory.ts";

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
  /** The files that a run's program was compiled from, as absolute paths. None for what is not compiled. */
  sourcesOf(run: Run, client: string): readonly string[];
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
type Launched = Omit<Command, "directory"> & Partial<Command>;

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

/**
 * Opens a session: compiles the steps while the server starts, and while the clients' databases are made.
 * @param texts what the steps are made of, or the programs of a page, by their files
 * @param prepare compiles what the steps' processes run, as the files are now
 */
export async function openSession(
  { guide, clients, timeout, keepGoing, signal }: SessionOptions,
  { name, directory, watchdog }: Workspace,
  texts: () => ReadonlyMap<string, string>,
  prepare: () => Promise<Launch>,
  openServer: () => Promise<GuideServer>,
): Promise<Session> {
  const outputs = join(directory, "outputs");
  const work = join(directory, "work");
  const fileName = (client: string) => client.replaceAll(/[^\w.@-]+/g, "+");
  // Clients' names may differ only in what a file name cannot have.
  const numbers = new Map(clients.map((client, index) => [client, index + 1]));
  const directoryOf = (client: string) => {
    const number = numbers.get(client) ?? numbers.size + 1;
    numbers.set(client, number);
    return join(work, `${number}`, fileName(client));
  };
  let hasModules = false;
  const workDirectoryOf = (client: string) => {
    const own = directoryOf(client);
    mkdirSync(dirname(own), { recursive: true, mode: 0o700 });
    makePackage(dirname(own)); // what npm does must not reach another client, or a later run
    if (!guide.page) return makeWorkDirectory(guide.directory, own, hasModules);
    mkdirSync(own, { recursive: true, mode: 0o700 });
    return own;
  };
  const reset = async (client: string, template?: string) => {
    skips.forget(client);
    await waiting.discard(client);
    rmSync(dirname(directoryOf(client)), { recursive: true, force: true, maxRetries: 5 });
    await databases.reset(client, template);
  };
  mkdirSync(outputs, { mode: 0o700 });
  const opening = openServer().then(async (server) => {
    await refuseLost(server, texts);
    const databases = openClientDatabases(server, signal, guide.sample);
    for (const client of clients) databases.of(client).catch(() => {}); // reported when it is used
    return { server, databases };
  });
  const prepareAll = async () => {
    await setImmediate(); // to read programs blocks this process: the server's is started first
    if (!guide.page) {
      refuseOwnEnvironment(guide.directory, texts());
      refuseOwnLogins(texts());
      hasModules = needsModules(guide, texts());
    }
    const launch = await prepare();
    for (const client of clients) workDirectoryOf(client);
    const { runStep } = await import("./run-step.ts");
    const { canWait, startProcess } = await import("./step-process.ts"); // with zx, while there is time
    return { launch, runStep, canWait, startProcess };
  };
  const [opened, prepared] = await Promise.allSettled([opening, prepareAll()]);
  if (opened.status === "rejected") throw opened.reason;
  const { server, databases } = opened.value;
  if (prepared.status === "rejected") {
    await server.close();
    throw prepared.reason;
  }
  const { runStep, canWait, startProcess } = prepared.value;
  let { launch } = prepared.value;
  /** Lets the watchdog find what a step started, even in another process group. */
  const runName = { GUIDE_RUN: name };
  const skips = openSkips(signal);
  let count = 0;
  const waiting = openWaitingProcesses((client, command) =>
    startProcess(command, join(outputs, `${fileName(client)}.${count++}`), watchdog, true),
  );
  const environmentOf = ({ url, stepsUrl = url }: ClientDatabase) => ({
    ...guide.environment,
    ...databaseEnvironment(stepsUrl),
  });
  const commandOf = (
    client: string,
    launched: Launched,
    ofDatabase: Place["environment"],
  ): Command => {
    const { directory = workDirectoryOf(client) } = launched;
    const environment = { ...ofDatabase, ...launched.environment, ...runName, PWD: directory };
    return { ...launched, directory, environment };
  };

  async function expectNext(runs: readonly Run[], client: string): Promise<void> {
    if (skips.reasonFor(client)) return;
    const environment = environmentOf(await databases.of(client));
    const commands = runs.flatMap(({ step }) => {
      const launched = launch(step, client);
      if ("play" in launched || !canWait(launched)) return [];
      return commandOf(client, launched, environment);
    });
    waiting.expect(client, commands);
  }

  return {
    server,
    directory,
    databaseOf: databases.of,
    directoryOf,
    stop: skips.stop,

    async execute(run, client, { stop = signal, golden, stderr, onStart = () => {} } = {}) {
      const because = skips.reasonFor(client);
      if (because) return { kind: "skipped", because };
      const ending = AbortSignal.any([signal, stop]);
      if (ending.aborted) return { kind: "skipped", because: "the run was interrupted" };

      const database = await databases.of(client);
      await database.prepare?.(run.index === 0);
      const environment = environmentOf(database);
      const outputFile = join(outputs, `${run.index}.${fileName(client)}.${count++}`);
      let started = 0;
      const limits = { timeout: timeout * 1000, exitCode: run.exitCode ?? 0 };
      const start = (launched: Launched, stderr: Wanted["stderr"], own: Partial<Wanted> = {}) => {
        const file = started === 0 ? outputFile : `${outputFile}.${started}`;
        started++;
        const command = commandOf(client, launched, environment);
        const process = waiting.take(client, command) ?? startProcess(command, file, watchdog);
        const wanted = { ...limits, programs: directory, stderr, ...own };
        const running = runStep(process, wanted, ending);
        onStart(process.outputFile, OUTPUT_START); // now the file exists
        return running;
      };
      const launched = launch(run.step, client);
      let outcome: Outcome;
      if ("play" in launched) {
        outcome = await launched.play({
          ...{ directory: workDirectoryOf(client), environment, golden, outputFile },
          ...{ timeout: limits.timeout, offerTls: server.offerTls, signal: ending },
          openAnother: () => databases.another(client),
          start: (command, own) => start(command, "any", own),
        });
      } else outcome = await start(launched, stderr);
      // Only what uses `step` does that itself, unless it was killed.
      await database.endSessions?.();
      await database.markObjects?.();
      // As for stdout, other words change nothing for the runs after it.
      const isFailed =
        outcome.kind === "failed" && !outcome.goesOn && outcome.stderrFile === undefined;
      if (isFailed && (run.isSetup || !keepGoing)) skips.failed(run, client);
      return outcome;
    },

    async expect(runs, some) {
      // If it fails, the run itself will say what is wrong.
      await Promise.allSettled(some.map((client) => expectNext(runs, client)));
    },

    async programOf({ step }, client) {
      const launched = launch(step, client);
      if ("play" in launched) return `${step.code}\n${step.prose}`;
      return launched.arguments.map(contentOf).join();
    },

    sourcesOf({ step }, client) {
      const launched = launch(step, client);
      return "play" in launched ? [] : launched.arguments.flatMap(sourcesOf);
    },

    async recompile() {
      launch = await prepare();
    },

    reset,

    async rewind(_, some) {
      await Promise.all(some.map((client) => reset(client)));
      return 0;
    },

    async close() {
      await waiting.discard();
      await server.close();
    },
  };
}

/** Digests of files, with how the files were. */
const digests = new Map<string, { readonly state: string; readonly digest: string }>();

/** Identifies the file that a word of a command line names. Another word is its own content. */
function contentOf(word: string): string {
  if (!existsSync(word) || !statSync(word).isFile()) return word;
  const state = stateOf(word);
  const known = digests.get(word);
  if (known?.state === state) return known.digest;
  const digest = digestOf(readFileSync(word));
  digests.set(word, { state, digest });
  return digest;
}

/** Why runs are skipped: everything, or all that a client has yet to run. */
function openSkips(signal: AbortSignal) {
  const failures = new Map<string, Run>();
  let stopped: string | undefined;
  return {
    failed: (run: Run, client: string) => void failures.set(client, run),
    forget: (client: string) => void failures.delete(client),
    stop(because: string) {
      stopped ??= because;
    },
    reasonFor(client: string): string | undefined {
      const failed = failures.get(client);
      if (failed) return `${failed.name} failed with ${client}`;
      return stopped ?? (signal.aborted ? "the run was interrupted" : undefined);
    },
  };
}

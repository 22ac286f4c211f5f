import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { digestOf } from "../common/digest.ts";
import type { ClientDatabase, GuideServer } from "../database/guide-server.ts";
import type { Guide, Run } from "../guide/guide.ts";
import type { Outcome } from "../guide/outcome.ts";
import type { Workspace } from "../workspace/workspace.ts";
import type { CaptureInto } from "./capture.ts";
import { type ClientDatabases, openClientDatabases } from "./client-databases.ts";
import type { Launch } from "./command.ts";
import type { ReadyClient } from "./find-program.ts";

/** Executes runs, each client on its own path. After a client's first failure, it skips the rest. */
export interface Session {
  readonly server: GuideServer;
  /**
   * Executes a run with one client. Runs of one client come one after the other.
   * @param stop ends this run early, as the session's own signal ends all
   * @param onStart is told of the file that the run's stdout goes to
   */
  execute(
    run: Run,
    client: string,
    stop?: AbortSignal,
    onStart?: (stdoutFile: string) => void,
  ): Promise<Outcome>;
  /** Says what a run runs with one client: the same as long as no file of it is compiled anew. */
  programOf(run: Run, client: string): Promise<string>;
  /** The database of a client's steps. */
  databaseOf(client: string): Promise<ClientDatabase>;
  /** From now on, every run is skipped. */
  stop(because: string): void;
  /** Compiles the steps again, as their files are now. */
  recompile(): Promise<void>;
  /** Gives every client a new, empty database of the same name. */
  reset(): Promise<void>;
  /** Removes what was made. @throws Failure of kind "cleanup" that names what could not be */
  close(): Promise<void>;
}

/** What every way of running a guide needs. */
export interface SessionOptions {
  readonly guide: Guide;
  /** The names of what runs the steps: clients, and standalone clients. */
  readonly clients: readonly string[];
  /** Those of them that are standalone clients. */
  readonly standalone: readonly ReadyClient[];
  readonly runs: readonly Run[];
  /** Seconds. */
  readonly timeout: number;
  readonly inPlace: boolean;
  /** Is told what the reader should know while waiting, or afterwards. */
  readonly note: (message: string) => void;
  /** Ends the steps that are running. */
  readonly signal: AbortSignal;
}

/** What a session consists of when all is ready. */
interface Parts {
  readonly server: GuideServer;
  readonly databases: ClientDatabases;
  readonly launch: Launch;
  readonly runStep: typeof import("./run-step.ts").runStep;
  readonly capture: CaptureInto;
}

/** Where a session gets its parts from. */
export interface Sources {
  readonly workspace: Workspace;
  /** Makes ready what the steps' processes need, as the files are now. */
  readonly prepare: () => Promise<Launch>;
  readonly openServer: () => Promise<GuideServer>;
}

/** Compiles the steps while the server starts, and while the clients' databases are made. */
export async function openSession(options: SessionOptions, sources: Sources): Promise<Session> {
  const { clients, signal } = options;
  mkdirSync(outputsOf(sources.workspace), { mode: 0o700 });

  const opening = sources.openServer().then((server) => {
    const databases = openClientDatabases(server, signal);
    for (const client of clients) databases.of(client).catch(() => {}); // told when it is used
    return { server, databases };
  });
  const loading = Promise.all([
    import("./run-step.ts"),
    import("./capture.ts").then(({ openCaptures }) => openCaptures(outputsOf(sources.workspace))),
  ]);
  const [opened, compiled] = await Promise.allSettled([opening, sources.prepare(), loading]);
  if (opened.status === "rejected") throw opened.reason;
  if (compiled.status === "rejected") {
    await opened.value.server.close();
    throw compiled.reason;
  }
  const [{ runStep }, capture] = await loading;
  return sessionOf(options, sources, { ...opened.value, launch: compiled.value, runStep, capture });
}

function sessionOf(
  { timeout, signal }: SessionOptions,
  { workspace, prepare }: Sources,
  parts: Parts,
): Session {
  const { server, databases, runStep, capture } = parts;
  let { launch } = parts;
  const outputs = outputsOf(workspace);
  /** By it, the watchdog finds what a step started, even in a process group of its own. */
  const mark = { GUIDE_RUN: basename(workspace.directory) };
  let count = 0;
  const skips = openSkips(signal);

  return {
    server,
    databaseOf: databases.of,
    stop: skips.stop,

    async execute(run, client, stop = signal, onStart = () => {}) {
      const because = skips.reasonFor(client);
      if (because) return { kind: "skipped", because };
      const ending = AbortSignal.any([signal, stop]);
      if (ending.aborted) return { kind: "skipped", because: "the run was interrupted" };

      const { url } = await databases.of(client);
      const launched = launch(run.step, client, url);
      const command = { ...launched, environment: { ...launched.environment, ...mark } };
      const name = `${run.index}.${client.replaceAll("/", "-")}.${count++}`;
      const step = { command, timeout: timeout * 1000, outputFile: join(outputs, name) };
      onStart(`${step.outputFile}.stdout`);
      const outcome = await runStep(step, capture, workspace.watchdog, ending);
      if (outcome.kind === "failed") skips.failed(run, client);
      return outcome;
    },

    async programOf({ step }, client) {
      const { url } = await databases.of(client);
      return launch(step, client, url).arguments.map(contentOf).join();
    },

    async recompile() {
      launch = await prepare();
    },

    async reset() {
      skips.forget();
      await databases.reset();
    },

    close: server.close,
  };
}

/** What stands for a word of a command line: where it is a file's name, what is in the file. */
function contentOf(word: string): string {
  return existsSync(word) && statSync(word).isFile() ? digestOf(readFileSync(word)) : word;
}

function outputsOf({ directory }: Workspace): string {
  return join(directory, "outputs");
}

/** Why runs are skipped: everything, or all that a client has yet to run. */
function openSkips(signal: AbortSignal) {
  const failures = new Map<string, Run>();
  let stopped: string | undefined;
  return {
    failed: (run: Run, client: string) => void failures.set(client, run),
    forget: () => failures.clear(),
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

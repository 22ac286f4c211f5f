import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { digestOf, stateOf } from "../common/kept-texts.ts";
import type { ClientDatabase, GuideServer } from "../database/guide-server.ts";
import type { Run } from "../guide/guide.ts";
import type { Outcome } from "../guide/outcome.ts";
import type { Workspace } from "../workspace/workspace.ts";
import { openClientDatabases } from "./client-databases.ts";
import { sourcesOf } from "./compile-steps.ts";
import { refuseHardcodedHosts } from "./hardcoded-hosts.ts";
import { OUTPUT_START } from "./output-file.ts";
import { driverNamed } from "./prepare-launch.ts";
import { refuseReadersEnvFile } from "./readers-env-file.ts";
import { refuseOutsideChanges } from "./refuse-outside-changes.ts";
import type { Wanted } from "./run-step.ts";
import { serverGuards } from "./server-guards/server-guards.ts";
import type { Launch, Launched, Place, Session, SessionOptions } from "./session.ts";
import { databaseEnvironment } from "./step-environment.ts";
import type { Command } from "./step-process.ts";
import { openWaitingProcesses } from "./waiting-processes.ts";
import { fileNameOf, needsModules, openClientDirectories } from "./work-directory.ts";

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
  const directories = openClientDirectories(guide, join(directory, "work"), clients);
  mkdirSync(outputs, { mode: 0o700 });
  const opening = openServer().then(async (server) => {
    await refuseOutsideChanges(server, texts);
    const databases = openClientDatabases(server, signal, guide.sample);
    for (const client of clients) databases.of(client).catch(() => {}); // reported when it is used
    return { server, databases };
  });
  const prepareAll = async () => {
    await setImmediate(); // to read programs blocks this process: the server's is started first
    if (!guide.page) {
      refuseReadersEnvFile(guide.directory, texts());
      refuseHardcodedHosts(texts());
      directories.hasModules = needsModules(guide, texts());
    }
    const launch = await prepare();
    for (const client of clients) directories.make(client);
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
  const skips = openSkips(signal);
  let count = 0;
  const waiting = openWaitingProcesses((client, command) =>
    startProcess(command, join(outputs, `${fileNameOf(client)}.${count++}`), watchdog, true),
  );
  const environmentOf = ({ url, inPlace }: ClientDatabase) => ({
    ...guide.environment,
    ...databaseEnvironment(inPlace?.stepsUrl ?? url),
  });
  const commandOf = (
    client: string,
    launched: Launched,
    ofDatabase: Place["environment"],
  ): Command => {
    const { directory = directories.make(client) } = launched;
    const own = { ...ofDatabase, ...launched.environment };
    const guards = serverGuards(own, ofDatabase);
    // The name lets the watchdog find what a step started, even in another process group.
    const environment = { ...own, ...guards, GUIDE_RUN: name, PWD: directory };
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

  async function reset(client: string, template?: string): Promise<void> {
    skips.forget(client);
    await waiting.discard(client);
    directories.remove(client);
    await databases.reset(client, template);
  }

  return {
    server,
    directory,
    databaseOf: databases.of,
    directoryOf: directories.of,
    stop: skips.stop,

    async execute(run, client, { stop = signal, golden, stderr, onStart = () => {} } = {}) {
      const because = skips.reasonFor(client);
      if (because) return { kind: "skipped", because };
      const ending = AbortSignal.any([signal, stop]);
      if (ending.aborted) return { kind: "skipped", because: "the run was interrupted" };

      const database = await databases.of(client);
      await database.inPlace?.beforeRun(run.index === 0);
      const environment = environmentOf(database);
      const outputFile = join(outputs, `${run.index}.${fileNameOf(client)}.${count++}`);
      let started = 0;
      const hasDriver = !guide.page && driverNamed(guide, client) !== undefined;
      const limits = { timeout: timeout * 1000, exitCode: run.exitCode ?? 0, hasDriver };
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
          directory: directories.make(client),
          environment,
          golden,
          outputFile,
          timeout: limits.timeout,
          offerTls: server.offerTls,
          signal: ending,
          openAnother: () => databases.another(client),
          start: (command, own) => start(command, "any", own),
        });
      } else outcome = await start(launched, stderr);
      // Only what uses `step` does that itself, unless it was killed.
      await database.inPlace?.afterRun();
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
      const words = "play" in launched ? [] : launched.arguments;
      return new Map(words.flatMap((word) => [...sourcesOf(word)]));
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

import { existsSync, readdirSync, type Stats, statSync } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { type FSWatcher, watch } from "chokidar";
import { attempt } from "../common/failure.ts";
import { type Guide, goldenFile, stderrFile } from "../guide/guide.ts";

/** chokidar does not report a second change of a file within 50 ms, which may be the one that counts. */
const LOOK_AGAIN_MS = 60;

/** How often to look whether a directory is still the same one. */
const IDENTITY_MS = 500;

/** Not part of the guide: what is large, and what editors and Python write for themselves. */
const ignored = /[\\/](node_modules|venv|__pycache__|\.[^\\/]*|[^\\/]*~)$/;

/** A watch that is open. */
export type FileWatch = ReturnType<typeof watchFiles>;

/**
 * Watches files, and directories with all that is in them.
 * @param paths absolute paths; they may be made later
 * @param onChange is called with the path of each file that is saved, made or removed
 */
export function watchFiles(paths: readonly string[], onChange: (file: string) => void) {
  const watched = new Set(paths);
  /** Of these, the files that are not there. chokidar does not see each one that is made again. */
  const gone = new Set<string>();
  const open = (usePolling: boolean): FSWatcher =>
    watch([...watched], {
      ignoreInitial: true,
      ignored: (path) => !watched.has(path) && ignored.test(path),
      usePolling,
      alwaysStat: true,
    }).on("all", (event, file, stats) => {
      if (event === "unlink" && watched.has(file)) gone.add(file);
      else gone.delete(file);
      onChange(file);
      lookAgain(file, stats);
    });
  const timers = new Set<NodeJS.Timeout>();
  function lookAgain(file: string, seen: Stats | undefined): void {
    const compare = (now: Stats) => {
      if (now.isFile() && now.mtimeMs !== seen?.mtimeMs) onChange(file);
    };
    const timer = setTimeout(() => {
      timers.delete(timer);
      stat(file).then(compare, () => {}); // it is gone, which chokidar reports
    }, LOOK_AGAIN_MS);
    timers.add(timer);
  }

  const watcher = open(false);
  let polling: FSWatcher | undefined;
  const ready = new Promise<void>((resolve) => {
    watcher.once("ready", resolve);
    // The system allows a user only so many watches, and other programs may hold them all.
    watcher.on("error", () => {
      if (polling) return;
      void watcher.close(); // what it still sees would be reported twice
      polling = open(true).on("error", () => {});
      polling.once("ready", resolve);
    });
  });
  // chokidar does not see that a directory was removed and made again, as git may do.
  const identify = () =>
    identityOf(new Set([...watched].flatMap((path) => [dirname(path), path, ...foldersIn(path)])));
  let identity = identify();
  const looking = setInterval(() => {
    const before = identity;
    identity = identify();
    const back = identity === before ? [...gone].filter(existsSync) : [...watched];
    if (back.length === 0) return;
    (polling ?? watcher).unwatch(back).add(back);
    for (const path of back) {
      gone.delete(path);
      onChange(path);
    }
  }, IDENTITY_MS).unref();
  return {
    /** Resolves when no change is missed any more. */
    ready,
    /** Watches more files. Those that are watched already stay. */
    add(more: readonly string[]): void {
      const missing = more.filter((path) => !watched.has(path));
      for (const path of missing) watched.add(path);
      if (missing.length === 0) return;
      (polling ?? watcher).add(missing);
      identity = identify();
    },
    async close(): Promise<void> {
      clearInterval(looking);
      for (const timer of timers) clearTimeout(timer);
      await Promise.all([watcher.close(), polling?.close()]);
    },
  };
}

function foldersIn(path: string): string[] {
  const all = attempt(() => readdirSync(path, { withFileTypes: true }), []);
  return all.flatMap((entry) => (entry.isDirectory() ? join(path, entry.name) : []));
}

/** Differs when one of the directories has become another. */
function identityOf(paths: ReadonlySet<string>): string {
  const identities = [...paths].map((path) => {
    const stat = attempt(() => statSync(path), undefined);
    return stat?.isDirectory() ? `${stat.ino} ${stat.birthtimeMs}` : "";
  });
  return identities.join();
}

/**
 * Finds the first run that a changed file affects. A file that is neither a step nor a text may be
 * imported or read by all of them, also one that is not in the guide's directory.
 * @param clients the clients that run: a standalone one does not depend on the steps and the drivers
 * @returns the run's index; undefined for a file on which no run depends
 */
export function firstAffected(
  { directory, steps, runs }: Guide,
  clients: readonly string[],
  file: string,
): number | undefined {
  const [folder, ...path] = relative(directory, file).split(sep);
  const name = path.join("/");
  const hasDrivers = clients.some((client) => !client.startsWith("standalone/"));
  switch (folder) {
    case "expected":
      return runs.find((run) => [goldenFile(run), stderrFile(run)].includes(`expected/${name}`))
        ?.index;
    case "drivers":
      return hasDrivers ? 0 : undefined;
    case "exercises":
      return undefined;
    case "standalone": {
      const [client, script = "", ...below] = path;
      if (!clients.some((one) => one.split(".")[0] === `standalone/${client}`)) return undefined;
      const isOf = (step: string) => below.length === 0 && script.split(".")[0] === step;
      return runs.find(({ step }) => isOf(step.name))?.index ?? 0;
    }
    case "steps": {
      const ofStep = runs.find(({ step }) => step.file === file);
      if (ofStep) return hasDrivers ? ofStep.index : undefined;
      const texts = ["before", "after", ...steps.map((step) => step.name)];
      const isText =
        /^(guide|exercises)\.json$/.test(name) || texts.some((text) => `${text}.md` === name);
      return isText ? undefined : 0;
    }
    default:
      return 0;
  }
}

import { existsSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure, hasCode } from "../../failure.ts";
import { isAlive, ownProcessTable } from "../../workspace/owner.ts";

/** How often a hold shows that it is alive, and how long it is believed. */
const HEARTBEAT_MS = 5_000;
const DEAD_AFTER_MS = 30_000;

/**
 * Holds a kept server's files for this process: two servers with the same files destroy them.
 * PostgreSQL itself would ask for a pid, which means another process in another container.
 * @param directory the server's own. Who holds it stands beside it
 * @returns lets it go
 * @throws Failure where somebody else holds it
 */
export function holdKept(name: string, directory: string): () => void {
  const file = `${directory}.held`;
  const holder = holderOf(file, directory);
  if (holder) throw refusal(name, holder);
  rmSync(file, { force: true });
  try {
    writeFileSync(file, `${ownProcessTable()}.${process.pid}`, { flag: "wx" });
  } catch (error) {
    throw hasCode(error, "EEXIST") ? refusal(name, "since a moment ago") : error;
  }
  const heartbeat = setInterval(touch, HEARTBEAT_MS, file).unref();
  return () => {
    clearInterval(heartbeat);
    rmSync(file, { force: true });
  };
}

/** Among the same processes, pids tell: the runner's, and that of a server which outlived it. */
function holderOf(file: string, directory: string): string | undefined {
  const touched = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const [table, runner] = touched ? readFileSync(file, "utf8").split(".") : [ownProcessTable()];
  if (table !== ownProcessTable()) {
    if (Date.now() - touched > DEAD_AFTER_MS) return undefined;
    return "in another container, or did until a moment ago";
  }
  const pid = [Number(runner), serverIn(directory)].find((one) => one > 0 && isAlive(one));
  return pid ? `as process ${pid}` : undefined;
}

function serverIn(directory: string): number {
  const file = join(directory, "cluster", "data", "postmaster.pid");
  return existsSync(file) ? Number(readFileSync(file, "utf8").split("\n")[0]) : 0;
}

function touch(file: string): void {
  const now = new Date();
  try {
    utimesSync(file, now, now);
  } catch {
    // it was removed with all the rest: there is nothing left to hold
  }
}

function refusal(name: string, holder: string): Failure {
  const message = `The kept server ${name} runs already, ${holder}. End it there, or keep another name.`;
  return new Failure("usage", message);
}

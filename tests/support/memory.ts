import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isAlive, processNamespace } from "../../runner/workspace/workspace.ts";

/** Linux has a file system in memory that everybody may use. In a container, it may be small. */
const place = "/dev/shm";
const prefix = `guide-tests.${processNamespace()}.`;
const BYTES_NEEDED = 2 * 1024 ** 3;

/**
 * Has all that the suite writes in memory, where there is room: a database is six hundred small files.
 * A directory there would outlive a suite that is killed, until the next one removes it.
 */
export default function setup(): (() => void) | undefined {
  if (!hasRoom()) return undefined;
  for (const name of readdirSync(place).filter((name) => name.startsWith(prefix))) {
    if (!isAlive(Number(name.slice(prefix.length).split(".")[0]))) remove(join(place, name));
  }
  const directory = mkdtempSync(join(place, `${prefix}${process.pid}.`));
  chmodSync(directory, 0o711); // the server's user passes through it
  if (!runsPrograms(directory)) {
    remove(directory);
    return undefined;
  }
  process.env.TMPDIR = directory;
  return () => remove(directory);
}

function hasRoom(): boolean {
  if (process.platform !== "linux") return false;
  try {
    const { bavail, bsize } = statfsSync(place);
    return bavail * bsize > BYTES_NEEDED;
  } catch {
    return false;
  }
}

/** Docker has it mounted so that no program there can be started. */
function runsPrograms(directory: string): boolean {
  const program = join(directory, "program");
  writeFileSync(program, "#!/bin/sh\n", { mode: 0o700 });
  return spawnSync(program).status === 0;
}

function remove(directory: string): void {
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
}

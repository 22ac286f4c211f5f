import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { digestOf } from "../common/digest.ts";

/**
 * Says among which processes a pid means one and the same. Containers may share a cache directory
 * and a host name, and still have process ids of their own; so has a machine after its next start.
 */
export function ownProcessTable(): string {
  const start = startOfMachine();
  const namespace = attempt(() => readlinkSync("/proc/self/ns/pid"));
  return digestOf([hostname(), start, namespace].join("\n")).slice(0, 8);
}

/**
 * This process, for what other machines see, too, such as a server.
 * @returns undefined where only the host name tells machines apart: two laptops may share that
 */
export function ownProcess(): string | undefined {
  return startOfMachine() ? `${ownProcessTable()}_${process.pid}` : undefined;
}

/** @param owner as `ownProcess` has written it. Of another machine's, nothing is known. */
export function isGone(owner: string): boolean {
  const [table, pid] = owner.split("_");
  return table === ownProcessTable() && !isAlive(Number(pid));
}

/** An id that is another one after each start. */
function startOfMachine(): string {
  return attempt(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8"));
}

/** Elsewhere than on Linux, there are no such files, and no such containers. */
function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

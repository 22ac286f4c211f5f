import { readlinkSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/** True for a directory, and for a pipe or a device, which can neither be read first nor be replaced. */
export function isSpecial(file: string): boolean {
  try {
    return !statSync(file).isFile();
  } catch {
    return false; // reading or writing it says why
  }
}

/** Names a directory and all those above it, from the inside out. @param directory absolute path */
export function withParents(directory: string): string[] {
  const parent = dirname(directory);
  return parent === directory ? [directory] : [directory, ...withParents(parent)];
}

/** Follows all links, to a file that may not exist yet. */
export function realPath(file: string): string {
  const path = resolve(file);
  try {
    return realpathSync(path);
  } catch {
    const target = linkTarget(path) ?? path;
    const parent = dirname(target);
    return parent === target ? target : join(realPath(parent), basename(target));
  }
}

function linkTarget(path: string): string | undefined {
  try {
    return resolve(dirname(path), readlinkSync(path));
  } catch {
    return undefined;
  }
}

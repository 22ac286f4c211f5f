import { readlinkSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { attempt } from "./failure.ts";

/** True for a directory, and for a pipe or a device, which can neither be read first nor be replaced. */
export function isSpecial(file: string): boolean {
  return attempt(() => !statSync(file).isFile(), false); // reading or writing it says why
}

/** Names a directory and all those above it, from the inside out. @param directory absolute path */
export function withParents(directory: string): string[] {
  const parent = dirname(directory);
  return parent === directory ? [directory] : [directory, ...withParents(parent)];
}

/** Follows all links, to a file that may not exist yet. */
export function realPath(file: string): string {
  const path = resolve(file);
  const found = attempt(() => realpathSync(path), undefined);
  if (found !== undefined) return found;
  const target = attempt(() => resolve(dirname(path), readlinkSync(path)), path);
  const parent = dirname(target);
  return parent === target ? target : join(realPath(parent), basename(target));
}

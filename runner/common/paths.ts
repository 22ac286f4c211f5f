import { existsSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { attempt } from "./failure.ts";

/**
 * True for a directory, and for a pipe or a device, which can neither be read first nor be replaced; for an open
 * file, too, such as /dev/stdout: another one of its name would not be the one that is open.
 * @param file as it was given: a link to what is open leads nowhere
 */
export function isSpecial(file: string): boolean {
  const isOpen = /^\/(?:dev\/(?:std(?:out|err)$|fd\/)|proc\/)/.test(file);
  return attempt(() => !statSync(file).isFile() || isOpen, false); // reading or writing it says why
}

/** Names a file or directory as seen from the working directory, with slashes: the same on every machine. */
export function nameFromHere(path: string): string {
  return relative(process.cwd(), path).replaceAll("\\", "/") || ".";
}

/** Names a directory and all those above it, from the inside out. @param directory absolute path */
export function withParents(directory: string): string[] {
  const parent = dirname(directory);
  return parent === directory ? [directory] : [directory, ...withParents(parent)];
}

/** Finds a file or directory of a name in a directory, or in the nearest one above it that has one. */
export function findAbove(directory: string, name: string): string | undefined {
  return withParents(directory)
    .map((place) => join(place, name))
    .find(existsSync);
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

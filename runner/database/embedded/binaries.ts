import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { Failure, hasCode } from "../../common/failure.ts";
import { isOpenToAll } from "../../workspace/roots.ts";
import { makeDirectory } from "../../workspace/workspace.ts";
import { packageFor, remedyFor, thisPlatform } from "./platform.ts";
import type { ServerUser } from "./server-user.ts";

/** The programs of the embedded PostgreSQL. */
export interface Binaries {
  readonly version: string;
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
}

/**
 * Finds the binaries that npm installed, and makes the symbolic links that they need: the
 * package's own script does so too, but npm may have been told to run no scripts.
 * @param root where a copy may be kept, should the server not be able to use the installed files
 * @throws Failure of kind "database"
 */
export function findBinaries(root: string, user: ServerUser): Binaries {
  const { directory, version } = installedPackage();
  const native = join(directory, "native");
  // initdb starts postgres through a shell, and quotes its path badly.
  const isPlain = !(process.platform === "win32" ? /%/ : /["$`\\]/).test(native);
  const isReachable = isPlain && (user.uid === undefined || isRunnableByAll(native));
  const isUsable = isReachable && makeLinks(native);
  return programs(isUsable ? native : copyOf(native, join(root, `postgresql-${version}`)), version);
}

function programs(native: string, version: string): Binaries {
  const ending = process.platform === "win32" ? ".exe" : "";
  const program = (name: string) => join(native, "bin", name + ending);
  return {
    version,
    initdb: program("initdb"),
    postgres: program("postgres"),
    pgCtl: program("pg_ctl"),
  };
}

function installedPackage(): { directory: string; version: string } {
  const platform = thisPlatform();
  const remedy = remedyFor(platform);
  if (remedy) throw new Failure("database", remedy);
  const name = packageFor(platform);
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const directory = dirname(dirname(entry));
    const { version } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
    return { directory, version: String(version) };
  } catch {
    throw new Failure(
      "database",
      `The embedded PostgreSQL is not installed (${name}). Run npm ci without --omit=optional, or set DATABASE_URL.`,
    );
  }
}

/** @returns false where a link is missing and cannot be made */
function makeLinks(native: string): boolean {
  for (const { source, target } of linksOf(native)) {
    const link = join(native, relative("native", target));
    try {
      symlinkSync(relative(dirname(target), source), link);
    } catch (error) {
      if (!hasCode(error, "EEXIST")) return false;
    }
  }
  return true;
}

function linksOf(native: string): { source: string; target: string }[] {
  try {
    return JSON.parse(readFileSync(join(native, "pg-symlinks.json"), "utf8"));
  } catch (error) {
    if (hasCode(error, "ENOENT")) return []; // Windows needs none
    throw error;
  }
}

function isRunnableByAll(native: string): boolean {
  const program = join(native, "bin", "postgres");
  return (statSync(program).mode & 0o005) === 0o005 && isOpenToAll(dirname(program));
}

function copyOf(native: string, copy: string): string {
  try {
    accessSync(programs(copy, "").postgres, constants.X_OK);
    return copy;
  } catch {
    // made below
  }
  const draft = `${copy}.${process.pid}`;
  makeDirectory(draft);
  cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
  for (const file of readdirSync(draft, { recursive: true, encoding: "utf8" })) {
    chmodSync(join(draft, file), 0o755);
  }
  makeLinks(draft);
  try {
    renameSync(draft, copy);
  } catch {
    rmSync(draft, { recursive: true, force: true }); // another run was faster
  }
  return copy;
}

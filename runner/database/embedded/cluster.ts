import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../common/failure.ts";
import { makeDirectory, type Workspace } from "../../workspace/workspace.ts";
import type { Binaries } from "./binaries.ts";
import type { ServerUser } from "./server-user.ts";

/** A database cluster in the run's own directory. No other run uses it. */
export interface Cluster {
  readonly dataDirectory: string;
  /** Of the superuser `postgres`, which only the runner knows. */
  readonly password: string;
}

/**
 * The guide's roles have random passwords that live for one run, and never leave this machine.
 * Exchanging them by SCRAM would take a fifth of a step's time. All other roles do so.
 */
const guideLogin = "host all /^guide_ 127.0.0.1/32 password";

const initdbChoices = [
  ...["--username", "postgres", "--auth", "scram-sha-256", "--encoding", "UTF8", "--no-locale"],
  ...["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"],
  ...["--no-sync", "--no-instructions"],
  ...["--wal-segsize", "1"], // megabytes: a run writes little, and 16 would be filled with zeros first
  // In the cluster's own directory: in /dev/shm, a process that is killed would leave it for good.
  ...(process.platform === "win32" ? [] : ["--set", "dynamic_shared_memory_type=mmap"]),
];

/** All that decides what is in a new cluster, but for the version of PostgreSQL. */
export const clusterSettings = [guideLogin, ...initdbChoices].join(" ");

/** Where a run has its cluster. */
export function clusterDirectory(workspace: Workspace): string {
  return join(workspace.directory, "cluster");
}

/**
 * Makes a new cluster.
 * @throws Failure of kind "database" with what initdb said
 */
export async function makeCluster(
  workspace: Workspace,
  binaries: Binaries,
  user: ServerUser,
): Promise<Cluster> {
  const directory = clusterDirectory(workspace);
  rmSync(directory, { recursive: true, force: true });
  makeDirectory(directory);

  const dataDirectory = join(directory, "data");
  mkdirSync(dataDirectory, { mode: 0o700 });
  const password = randomBytes(18).toString("base64url");
  const passwordFile = join(directory, "password");
  writeFileSync(passwordFile, password, { mode: 0o600 });
  for (const path of [dataDirectory, passwordFile]) give(path, user);

  await initdb(binaries, dataDirectory, passwordFile, user, workspace);
  const rules = join(dataDirectory, "pg_hba.conf");
  writeFileSync(rules, `${guideLogin}\n${readFileSync(rules, "utf8")}`);
  return { dataDirectory, password };
}

function initdb(
  binaries: Binaries,
  dataDirectory: string,
  passwordFile: string,
  user: ServerUser,
  { watchdog }: Workspace,
): Promise<void> {
  const choices = ["--pgdata", dataDirectory, "--pwfile", passwordFile, ...initdbChoices];
  return new Promise((resolve, reject) => {
    const child = spawn(binaries.initdb, choices, {
      ...user,
      cwd: dataDirectory,
      detached: process.platform !== "win32",
      windowsHide: true,
      stdio: ["ignore", "ignore", "pipe"],
      env: { PATH: process.env.PATH ?? "" },
    });
    if (child.pid) watchdog.began(child.pid);
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    child.on("error", (error) => reject(initdbFailure(error.message)));
    child.on("close", (code) => {
      if (child.pid) watchdog.ended(child.pid);
      if (code === 0) resolve();
      else reject(initdbFailure(said));
    });
  });
}

function initdbFailure(said: string): Failure {
  const reason = said.trim().replace(/\s+/g, " ").slice(0, 400);
  return new Failure(
    "database",
    `The embedded PostgreSQL could not make its files: ${reason} Fix that, or set DATABASE_URL.`,
  );
}

function give(path: string, { uid, gid }: ServerUser): void {
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
}

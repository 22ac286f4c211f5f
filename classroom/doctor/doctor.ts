import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import wrapAnsi from "wrap-ansi";
import type { Database } from "../../drivers/driver.ts";
import { drivers } from "../../drivers/drivers.ts";
import type { Context } from "../../runner/cli/program.ts";
import { messageOf } from "../../runner/common/failure.ts";
import { jsonWithoutSecrets } from "../../runner/common/secrets.ts";
import { harmless } from "../../runner/common/visible.ts";
import { connect } from "../../runner/connection/connect.ts";
import { parseConnectionString } from "../../runner/connection/connection-string.ts";
import { databaseUrl, envFile, missingInEnvFile } from "../../runner/connection/environment.ts";
import { DatabaseError } from "../../runner/connection/errors.ts";
import { findBinaries } from "../../runner/database/embedded/binaries.ts";
import { openEmbedded } from "../../runner/database/embedded/embedded.ts";
import { freePort, serverUser } from "../../runner/database/embedded/server.ts";
import { freeMegabytes, MEGABYTES_NEEDED } from "../../runner/database/embedded/space.ts";
import { inTime } from "../../runner/database/pool.ts";
import { mayMakeRoles } from "../../runner/database/steps-role.ts";
import { cacheDirectory } from "../../runner/workspace/cache-directory.ts";
import { openWorkspace } from "../../runner/workspace/workspace.ts";

/** One thing that a run needs. */
export interface Check {
  readonly name: string;
  readonly status: "ok" | "warning" | "failed";
  /** One line: what was found. */
  readonly found: string;
  /** What to do about it. Empty if all is well. */
  readonly remedy: string;
}

/** Checks what a run needs. @returns the exit code: 0 only if the guide will run */
export async function doctorCommand(
  { json = false }: { readonly json?: boolean },
  { print, signal }: Context,
): Promise<number> {
  const checks = await examine(signal);
  const ready = checks.every(({ status }) => status !== "failed");
  // What a pipe gets is not wrapped, so that it can be searched by line.
  const columns = process.stdout.isTTY ? process.stdout.columns || 80 : Number.POSITIVE_INFINITY;
  print(
    json
      ? `${jsonWithoutSecrets({ ready, checks }, 2)}\n`
      : harmless(describeChecks(checks, columns)),
  );
  return ready ? 0 : 1;
}

/**
 * Writes a line for each check, its remedy below, and a verdict.
 * @param columns of the terminal
 */
export function describeChecks(checks: readonly Check[], columns: number): string {
  const nameWidth = Math.max(...checks.map(({ name }) => name.length));
  const indent = " ".repeat(nameWidth + 4);
  const signs = { ok: "✓", warning: "!", failed: "✗" };
  const lines = checks.map(({ name, status, found, remedy }) => {
    const text = remedy ? `${found}\n${remedy}` : found;
    const wrapped = wrapAnsi(harmless(text), Math.max(20, columns - indent.length));
    return `${signs[status]} ${name.padEnd(nameWidth)}  ${wrapped.replaceAll("\n", `\n${indent}`)}`;
  });
  const ready = checks.every(({ status }) => status !== "failed");
  const verdict = ready ? "The guide will run here." : "The guide will not run here yet.";
  return `${lines.join("\n")}\n\n${verdict}\n`;
}

/** A compute that sleeps wakes up with the login: what is asked after that has an answer at once. */
const ANSWER_LIMIT_MS = 10_000;
const CLOSE_LIMIT_MS = 1000;

const packages = ["pg", "postgres", "dotenv", "zx/core", "esbuild", "diff"];

function ok(name: string, found: string): Check {
  return { name, status: "ok", found, remedy: "" };
}

function warning(name: string, found: string, remedy: string): Check {
  return { name, status: "warning", found, remedy };
}

function failed(name: string, found: string, remedy: string): Check {
  return { name, status: "failed", found, remedy };
}

/**
 * Checks everything that a run needs, and changes nothing.
 * @param signal Ctrl-C
 */
async function examine(signal: AbortSignal): Promise<Check[]> {
  const machine = [checkNode(), checkDependencies(), checkWorkspace(), checkEnvironment()];
  if (machine.at(-1)?.status === "failed") return machine;

  const url = databaseUrl();
  if (url !== undefined) {
    const ofUrl = checkUrl(url);
    return [...machine, ofUrl, ...(ofUrl.status === "failed" ? [] : await checkServer(url, true))];
  }
  const checks = [...machine, checkBinaries(), checkDisk(), await checkPort()];
  const isReady = checks.every(({ status }) => status !== "failed");
  return isReady ? [...checks, ...(await tryEmbedded(signal))] : checks;
}

function checkNode(): Check {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const found = `Node.js ${process.versions.node}, ${process.platform} ${process.arch}`;
  const isNewEnough = major > 20 || (major === 20 && minor >= 19);
  const remedy = "Install Node.js 20.19 or newer: https://nodejs.org";
  return isNewEnough ? ok("Node.js", found) : failed("Node.js", found, remedy);
}

function checkDependencies(): Check {
  const require = createRequire(import.meta.url);
  const missing = packages.filter((name) => {
    try {
      require.resolve(name);
      return false;
    } catch {
      return true;
    }
  });
  if (missing.length === 0) return ok("Dependencies", `${packages.length} libraries are installed`);
  return failed("Dependencies", `missing: ${missing.join(", ")}`, "Run npm ci.");
}

function checkWorkspace(): Check {
  try {
    return ok("Rights", `${cacheDirectory()} can be written to`);
  } catch (error) {
    return failed("Rights", messageOf(error), "Set TMPDIR to a directory of yours.");
  }
}

function checkEnvironment(): Check {
  const name = "Environment";
  try {
    const from = process.env.DATABASE_URL ? "the environment" : envFile;
    if (databaseUrl()) return ok(name, `DATABASE_URL comes from ${from}`);
    const missing = missingInEnvFile();
    const found = "no DATABASE_URL: the guide runs on the embedded PostgreSQL";
    return missing ? warning(name, found, missing) : ok(name, found);
  } catch (error) {
    return failed(name, messageOf(error), "Write it again, from .env.example.");
  }
}

function checkBinaries(): Check {
  const name = "Embedded PostgreSQL";
  try {
    const { postgres, version } = findBinaries(cacheDirectory(), serverUser());
    if (existsSync(postgres)) return ok(name, `${version}, with its libraries`);
    return failed(name, `${postgres} is missing`, "Run npm ci again.");
  } catch (error) {
    return failed(name, messageOf(error), "With DATABASE_URL set, it is not needed.");
  }
}

function checkDisk(): Check {
  const free = freeMegabytes(cacheDirectory());
  if (free >= MEGABYTES_NEEDED) return ok("Disk", `${free} MB are free`);
  const remedy = `Free ${MEGABYTES_NEEDED} MB, or set DATABASE_URL.`;
  return failed("Disk", `only ${free} MB are free`, remedy);
}

async function checkPort(): Promise<Check> {
  try {
    await freePort();
    return ok("Port", "programs may listen on 127.0.0.1");
  } catch (error) {
    const remedy = "A firewall blocks 127.0.0.1: allow connections.";
    return failed("Port", messageOf(error), remedy);
  }
}

async function tryEmbedded(signal: AbortSignal): Promise<Check[]> {
  const workspace = openWorkspace();
  try {
    const server = await openEmbedded(workspace, signal);
    try {
      return await checkServer((await server.createDatabase("doctor")).url);
    } finally {
      await server.close();
    }
  } catch (error) {
    return [failed("Embedded server", messageOf(error), "Fix that, or set DATABASE_URL.")];
  } finally {
    workspace.close();
  }
}

/** Says what kind of connection string it is, without its password. */
function checkUrl(url: string): Check {
  const name = "DATABASE_URL";
  try {
    const { host, port, database, sslMode, channelBinding } = parseConnectionString(url);
    const kind = /-pooler\./.test(host) ? "pooled" : "direct";
    const isUnverified = sslMode === "no-verify";
    const trust =
      sslMode === "disable"
        ? "no TLS"
        : sslMode === "no-verify"
          ? "TLS, not verified"
          : "verified TLS";
    const found = `${kind}, ${trust}, channel binding: ${channelBinding}, to ${host}:${port}/${database}`;
    const remedy = "Use sslmode=require, so that others cannot listen in.";
    return isUnverified ? warning(name, found, remedy) : ok(name, found);
  } catch (error) {
    return failed(name, messageOf(error), "Copy it again from the Neon Console.");
  }
}

/** Checks that the server, the reader's if it is given, answers every driver, and that the role may do what the guide needs. */
async function checkServer(url: string, isGiven = false): Promise<Check[]> {
  const checks: Check[] = [];
  for (const [index, [driver, load]] of Object.entries(drivers).entries()) {
    const name = `Server, with ${driver}`;
    let db: Database;
    const started = performance.now();
    try {
      db = await connect(await load(), url, { usesPg: driver === "pg" });
    } catch (error) {
      const code = error instanceof DatabaseError ? error.code : "";
      checks.push(failed(name, (code && `${code}: `) + messageOf(error), remedyFor(code)));
      continue;
    }
    const opened = Math.round(performance.now() - started);
    try {
      const trip = await inTime(roundTrip(db), ANSWER_LIMIT_MS);
      checks.push(ok(name, `connects in ${opened} ms, ${trip}`));
      if (index === 0) checks.push(...(await inTime(checkRights(db, isGiven), ANSWER_LIMIT_MS)));
    } catch (error) {
      const remedy = "Look at what is between here and the server, such as a pooler or a firewall.";
      checks.push(failed(name, `connects in ${opened} ms. ${messageOf(error)}`, remedy));
    }
    await inTime(db.close(), CLOSE_LIMIT_MS).catch(() => {});
  }
  return checks;
}

/** The median of seven, after one that does not count. */
async function roundTrip(db: Database): Promise<string> {
  const times: number[] = [];
  for (let round = 0; round < 8; round++) {
    const started = performance.now();
    await db.query("SELECT 1");
    times.push(performance.now() - started);
  }
  const median = times.slice(1).sort((a, b) => a - b)[3] ?? 0;
  return `round trip ${median.toFixed(1)} ms`;
}

async function checkRights(db: Database, isGiven: boolean): Promise<Check[]> {
  const {
    rows: [row],
  } = await db.query(`
    SELECT current_setting('server_version') AS version,
           current_setting('server_version_num')::int AS number,
           (rolcreatedb OR rolsuper) AS may_create,
           ${mayMakeRoles} AS may_make_roles,
           current_setting('transaction_read_only') = 'on' AS is_read_only,
           extract(epoch FROM now())::float8 AS now
    FROM pg_roles WHERE rolname = current_user
  `);
  const version = `PostgreSQL ${row?.version}`;
  const mayCreate = row?.may_create === true;
  const rights = `the role may ${mayCreate ? "" : "not "}create databases`;
  const drift = Math.round(Math.abs(Number(row?.now) - Date.now() / 1000));
  const clock = `${drift} s from the server's`;
  const setClock = "Set this machine's clock: certificates depend on it.";
  return [
    Number(row?.number) >= 130000
      ? ok("Version", version)
      : failed("Version", version, "Use version 13 or newer."),
    row?.is_read_only
      ? failed("Databases", "the server is read-only", "Use the primary, not a read replica.")
      : mayCreate
        ? ok("Databases", rights)
        : failed("Databases", rights, "Use the owner's role, or --in-place."),
    ...(isGiven && mayCreate ? [ok("Steps", stepsRole(row?.may_make_roles === true))] : []),
    drift < 60 ? ok("Clock", clock) : warning("Clock", clock, setClock),
  ];
}

function stepsRole(mayMakeOne: boolean): string {
  return mayMakeOne
    ? "they run in a role of their own, if the server lets it log in"
    : "they run in your role, which may not make one for them: that needs CREATEROLE";
}

function remedyFor(code: string): string {
  if (code === "28P01") return "Copy the connection string again, with its password.";
  if (code === "ENOTFOUND") return "Check the host name, and the network.";
  if (code === "3D000") return "Check the database name at the end of the connection string.";
  if (code === "CONNECT_TIMEOUT") return "A firewall may block the port: try another network.";
  return "See the message, and docs/failures.md.";
}

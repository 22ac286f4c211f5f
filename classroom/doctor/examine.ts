import { messageOf } from "../../runner/common/failure.ts";
import { databaseUrl, envFile } from "../../runner/connection/environment.ts";
import { openEmbeddedServer } from "../../runner/database/open-database.ts";
import { openWorkspace } from "../../runner/workspace/workspace.ts";
import { type Check, failed, ok } from "./check.ts";
import { checkEmbedded, checkMachine } from "./machine-checks.ts";
import { checkServer, checkUrl } from "./server-checks.ts";

/**
 * Checks everything that a run needs, and changes nothing.
 * @param signal nobody wants to wait any longer
 */
export async function examine(signal: AbortSignal): Promise<Check[]> {
  const machine = checkMachine();
  const environment = checkEnvironment();
  if (environment.status === "failed") return [...machine, environment];

  const url = databaseUrl();
  if (url !== undefined) {
    const ofUrl = checkUrl(url);
    const server = ofUrl.status === "failed" ? [] : await checkServer(url);
    return [...machine, environment, ofUrl, ...server];
  }
  const embedded = await checkEmbedded();
  const isReady = [...machine, ...embedded].every(({ status }) => status !== "failed");
  return [...machine, environment, ...embedded, ...(isReady ? await tryEmbedded(signal) : [])];
}

function checkEnvironment(): Check {
  const name = "Environment";
  try {
    const from = process.env.DATABASE_URL ? "the environment" : envFile;
    return databaseUrl()
      ? ok(name, `DATABASE_URL comes from ${from}`)
      : ok(name, "no DATABASE_URL: the guide runs on the embedded PostgreSQL");
  } catch (error) {
    return failed(name, messageOf(error), "Write it again, from .env.example.");
  }
}

async function tryEmbedded(signal: AbortSignal): Promise<Check[]> {
  const workspace = openWorkspace();
  try {
    const server = await openEmbeddedServer(workspace, signal);
    const database = await server.createDatabase("doctor");
    try {
      return await checkServer(database.url);
    } finally {
      await database.close();
      await server.close();
    }
  } catch (error) {
    return [failed("Embedded server", messageOf(error), "Fix that, or set DATABASE_URL.")];
  } finally {
    workspace.close();
  }
}

/** One line a check, and its remedy below. */
export function describeChecks(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const marks = { ok: "✓", warning: "!", failed: "✗" };
  const lines = checks.flatMap(({ name, status, found, remedy }) => [
    `${marks[status]} ${name.padEnd(width)}  ${found}`,
    ...(remedy ? [`  ${" ".repeat(width)}  ${remedy}`] : []),
  ]);
  const failures = checks.filter(({ status }) => status === "failed").length;
  const verdict = failures === 0 ? "The guide will run here." : "The guide will not run here yet.";
  return `${lines.join("\n")}\n\n${verdict}\n`;
}

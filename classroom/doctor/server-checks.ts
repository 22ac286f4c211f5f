import type { Database } from "../../drivers/driver.ts";
import { drivers } from "../../drivers/drivers.ts";
import { messageOf } from "../../runner/common/failure.ts";
import { connect } from "../../runner/connection/connect.ts";
import { parseConnectionString } from "../../runner/connection/connection-string.ts";
import { DatabaseError } from "../../runner/connection/errors.ts";
import { type Check, failed, ok, warning } from "./check.ts";

/** What kind of connection string it is, without its password. */
export function checkUrl(url: string): Check {
  try {
    const { host, port, database, tls, channelBinding } = parseConnectionString(url);
    const kind = /-pooler\./.test(host) ? "pooled" : "direct";
    const trust = tls
      ? tls.rejectUnauthorized === false
        ? "TLS, not verified"
        : "verified TLS"
      : "no TLS";
    const found = `${kind}, ${trust}, channel binding: ${channelBinding}, to ${host}:${port}/${database}`;
    if (tls === false || tls.rejectUnauthorized !== false) return ok("DATABASE_URL", found);
    return warning("DATABASE_URL", found, "Use sslmode=require, so that nobody can listen in.");
  } catch (error) {
    return failed("DATABASE_URL", messageOf(error), "Copy it again from the Neon Console.");
  }
}

/** Whether the server answers every driver, and lets us do what the guide needs. */
export async function checkServer(url: string): Promise<Check[]> {
  const checks: Check[] = [];
  for (const [index, [name, load]] of Object.entries(drivers).entries()) {
    let db: Database;
    const started = performance.now();
    try {
      db = await connect(await load(), url);
    } catch (error) {
      const code = error instanceof DatabaseError ? `${error.code}: ` : "";
      checks.push(failed(`Server, with ${name}`, code + messageOf(error), remedyFor(error)));
      continue;
    }
    try {
      const opened = Math.round(performance.now() - started);
      checks.push(ok(`Server, with ${name}`, `connects in ${opened} ms, ${await roundTrip(db)}`));
      if (index === 0) checks.push(...(await checkRights(db)));
    } finally {
      await db.close();
    }
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

async function checkRights(db: Database): Promise<Check[]> {
  const [row] = await db.query(`
    SELECT current_setting('server_version') AS version,
           current_setting('server_version_num')::int AS number,
           (rolcreatedb OR rolsuper) AS may_create,
           extract(epoch FROM now())::float8 AS now
    FROM pg_roles WHERE rolname = current_user
  `);
  const { version, number, may_create: mayCreate, now } = row ?? {};
  const drift = Math.round(Math.abs(Number(now) - Date.now() / 1000));
  return [
    Number(number) >= 130000
      ? ok("Version", `PostgreSQL ${version}`)
      : failed("Version", `PostgreSQL ${version}`, "Use version 13 or newer."),
    mayCreate === true
      ? ok("Databases", "the role may create databases")
      : failed(
          "Databases",
          "the role may not create databases",
          "Use the owner's role, or --in-place.",
        ),
    drift < 60
      ? ok("Clock", `${drift} s from the server's`)
      : warning(
          "Clock",
          `${drift} s from the server's`,
          "Set this machine's clock: certificates depend on it.",
        ),
  ];
}

function remedyFor(error: unknown): string {
  const code = error instanceof DatabaseError ? error.code : "";
  if (code === "28P01") return "Copy the connection string again, with its password.";
  if (code === "ENOTFOUND") return "Check the host name, and the network.";
  if (code === "3D000") return "Check the database name at the end of the connection string.";
  if (code === "CONNECT_TIMEOUT") return "A firewall may block the port: try another network.";
  return "See the message, and docs/failures.md.";
}

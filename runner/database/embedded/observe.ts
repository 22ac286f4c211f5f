import { randomBytes } from "node:crypto";
import { joinUri, splitUri, withDatabase } from "../../connection/connection-uri.ts";
import type { ServerObserver } from "../guide-database.ts";
import type { Pool } from "../pool.ts";

/**
 * Makes a role that can only read, and has the server note what the steps send. Both are settings of
 * roles that go when the run is over.
 * @param role of the steps
 * @param url of the server, as the steps' role
 * @param log where the server notes it
 */
export async function observe(
  { withConnection }: Pool,
  role: string,
  url: string,
  log: string,
): Promise<ServerObserver> {
  const user = `${role}_reader`;
  const password = randomBytes(18).toString("base64url");
  await withConnection(async (db) => {
    await db.execute(
      `CREATE ROLE ${user} LOGIN PASSWORD '${password}';
       GRANT pg_read_all_data TO ${user};
       ALTER ROLE ${user} SET default_transaction_read_only = on;
       ALTER ROLE ${role} SET log_min_duration_statement = 0`,
    );
    // Plans tell how many rows there were. Without the module, nobody says.
    await db.execute(`LOAD 'auto_explain'; ${explained(role)}`).catch(() => {});
  });
  const reading = joinUri({ ...splitUri(url), user, password });
  return { log, urlFor: ({ name }) => withDatabase(reading, name) };
}

function explained(role: string): string {
  const settings = {
    session_preload_libraries: "auto_explain",
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_analyze": "on",
    "auto_explain.log_timing": "off",
    "auto_explain.log_buffers": "off",
    "auto_explain.log_format": "json",
    "auto_explain.log_parameter_max_length": "0",
  };
  return Object.entries(settings)
    .map(([name, value]) => `ALTER ROLE ${role} SET ${name} = '${value}'`)
    .join("; ");
}

import { parseConnectionString } from "../connection/connection-string.ts";
import { joinUri, splitUri } from "../connection/connection-uri.ts";

/**
 * Writes a connection string with all its parts percent-encoded: libraries differ in what they make
 * of a raw # or %, and some show the password in their complaint.
 * @throws SetupError
 */
export function portableUrl(text: string): string {
  return joinUri(splitUri(text));
}

/** What libpq calls its parameters in the environment. An empty one is not the same to it as none. */
const variables = new Map([
  ["application_name", "PGAPPNAME"],
  ["channel_binding", "PGCHANNELBINDING"],
  ["connect_timeout", "PGCONNECT_TIMEOUT"],
  ["options", "PGOPTIONS"],
  ["sslrootcert", "PGSSLROOTCERT"],
]);

/**
 * What a program in another language connects with: the connection string, and the same as libpq's
 * variables, for programs such as psql. They would take it as an argument, too, but every user of the
 * machine can see those.
 * @throws SetupError
 */
export function programEnvironment(text: string): Record<string, string> {
  const { parameters } = splitUri(text);
  const more = [...parameters].map(([name, value]) => [value && variables.get(name), value]);
  const { host, port, user, password, database, sslMode } = parseConnectionString(text);
  return {
    DATABASE_URL: portableUrl(text),
    PGHOST: host,
    PGPORT: `${port}`,
    PGUSER: user,
    PGPASSWORD: password,
    PGDATABASE: database,
    PGSSLMODE: sslMode === "no-verify" ? "require" : sslMode, // libpq does not know ours
    ...Object.fromEntries(more.filter(([variable]) => variable)),
  };
}

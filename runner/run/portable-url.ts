import { settingsOf } from "../connection/connection-string.ts";
import { joinUri, splitUri } from "../connection/connection-uri.ts";

/**
 * Writes a connection string with all its parts percent-encoded: libraries read a raw # or % differently,
 * and some show the password in their error message.
 * @throws SetupError
 */
export function portableUrl(text: string): string {
  return joinUri(splitUri(text));
}

/** libpq's parameters, and their names in the environment. An empty one is not the same as none. */
const variables = new Map([
  ["application_name", "PGAPPNAME"],
  ["channel_binding", "PGCHANNELBINDING"],
  ["connect_timeout", "PGCONNECT_TIMEOUT"],
  ["options", "PGOPTIONS"],
  ["sslrootcert", "PGSSLROOTCERT"],
]);

/**
 * Returns the variables with which a program in another language connects: the connection string, and
 * libpq's own, for programs such as psql. As an argument, every user of the machine could see them.
 * @throws SetupError
 */
export function programEnvironment(text: string): Record<string, string> {
  const uri = splitUri(text);
  const more = [...uri.parameters].map(([name, value]) => [value && variables.get(name), value]);
  const { host, port, user, password, database, sslMode } = settingsOf(uri);
  return {
    DATABASE_URL: joinUri(uri),
    PGHOST: host,
    PGPORT: `${port}`,
    PGUSER: user,
    PGPASSWORD: password,
    PGDATABASE: database,
    PGSSLMODE: sslMode === "no-verify" ? "require" : sslMode, // libpq does not know ours
    ...Object.fromEntries(more.filter(([variable]) => variable)),
  };
}

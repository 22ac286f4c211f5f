import type { Place } from "../run/session.ts";
import type { CommandRun } from "./page.ts";

/** Writes a file such as .env. */
export function environmentFile(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}="${value}"\n`)
    .join("");
}

/** The variables that the page sets for a process. It reads those of a file such as .env itself. */
export function exportedBy(run: CommandRun, client: string, place: Place): Record<string, string> {
  const isExported = (name: string) => run.exported.get(client)?.has(name);
  const all = Object.entries(variablesOf(run, client, place));
  return Object.fromEntries(all.filter(([name]) => isExported(name)));
}

/** All variables that the page names, with the scratch database instead of the placeholders. */
export function variablesOf(
  { variables }: CommandRun,
  client: string,
  { environment }: Place,
): Record<string, string> {
  const url = environment.DATABASE_URL ?? "";
  const values = [...(variables.get(client) ?? [])].map(([name, value]) => {
    if (environment[name] !== undefined) return [name, environment[name]];
    if (/^postgres(ql)?:\/\//.test(value)) return [name, url];
    if (/^jdbc:postgresql:/.test(value)) return [name, jdbcUrl(environment)];
    const part = /^(?:DB|DATABASE|POSTGRES|NEON)_?([A-Z]+)$/.exec(name)?.[1] ?? "";
    const own = environment[partsOfDatabase[part] ?? ""];
    if (own !== undefined) return [name, own];
    // They are in the connection string, as far as the server has them.
    if (/^PG(SSLMODE|CHANNELBINDING)$/.test(name)) return [name, "prefer"];
    return [name, value];
  });
  return Object.fromEntries(values);
}

/** Other names of libpq's variables: DB_HOST, POSTGRES_USER. */
const partsOfDatabase: Readonly<Record<string, string>> = {
  ...{ HOST: "PGHOST", HOSTNAME: "PGHOST", PORT: "PGPORT" },
  ...{ USER: "PGUSER", USERNAME: "PGUSER", PASSWORD: "PGPASSWORD", PASS: "PGPASSWORD" },
  ...{ NAME: "PGDATABASE", DATABASE: "PGDATABASE", DB: "PGDATABASE" },
};

function jdbcUrl({ PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD }: Place["environment"]): string {
  const [database, user, password] = [PGDATABASE, PGUSER, PGPASSWORD].map((text) =>
    encodeURIComponent(text ?? ""),
  );
  return `jdbc:postgresql://${PGHOST}:${PGPORT}/${database}?user=${user}&password=${password}`;
}

/** Libpq's variables and the connection string of a client's database. */
export type DatabaseEnvironment = Readonly<Record<string, string>>;

/** How a connection string to PostgreSQL begins. Python's libraries put the name of a driver into it. */
export const scheme = /\b(?:jdbc:)?(?:postgres(?:ql)?|postgis|pgsql)(?:\+\w+)?:\/\//;

/** The port of PostgreSQL, or of a pooler: the source of a pattern. A web server has others. Supabase's is 54322. */
export const databasePort = "(?:\\d?54\\d\\d|54\\d{3}|6543|6432)";

/** @returns what a variable is in the scratch database's place; undefined if it is about something else */
export function ownValue(
  name: string,
  value: string,
  environment: DatabaseEnvironment,
): string | undefined {
  const own = /^PG|^DATABASE_URL$/.test(name) ? environment[name] : undefined;
  if (own !== undefined) return own;
  const [start] = scheme.exec(value) ?? [];
  if (start !== undefined && value.startsWith(start)) return urlLike(start, environment);
  // They are in the connection string, as far as the server has them.
  if (/^PG(SSLMODE|CHANNELBINDING)$/.test(name)) return "prefer";
  return namedPart(name, environment);
}

/** What a variable has to be by its name alone: DB_HOST, PG_PORT, MYAPP_DATABASE_USER. */
export function namedPart(name: string, environment: DatabaseEnvironment): string | undefined {
  const kind = /(?:DB|DATABASE|PG|POSTGRES|POSTGRESQL|NEON|TYPEORM|PGSQL)_?([A-Z]+)$/.exec(name);
  if (/MYSQL|MARIA|MONGO|REDIS|MSSQL|ORACLE/.test(name)) return undefined;
  return environment[partsOfDatabase[kind?.[1] ?? ""] ?? ""];
}

/** Other names of libpq's variables: DB_HOST, POSTGRES_USER. */
const partsOfDatabase: Readonly<Record<string, string>> = {
  HOST: "PGHOST",
  HOSTNAME: "PGHOST",
  SERVER: "PGHOST",
  PORT: "PGPORT",
  USER: "PGUSER",
  USERNAME: "PGUSER",
  PASSWORD: "PGPASSWORD",
  PASS: "PGPASSWORD",
  PASSWD: "PGPASSWORD",
  PWD: "PGPASSWORD",
  NAME: "PGDATABASE",
  DATABASE: "PGDATABASE",
  DB: "PGDATABASE",
  DBNAME: "PGDATABASE",
};

/** The connection string of the scratch database, for the library that a page's own is for. */
export function urlLike(start: string, environment: DatabaseEnvironment): string {
  const url = environment.DATABASE_URL ?? "";
  if (start.startsWith("jdbc:")) return jdbcUrl(environment);
  if (!start.includes("+")) return url;
  // SQLAlchemy gives the parameters to its driver. asyncpg has none of libpq's.
  const rest = url.slice(url.indexOf("://") + "://".length);
  return `${start}${start.includes("asyncpg") ? rest.replace(/\?.*/, "") : rest}`;
}

function jdbcUrl({ PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD }: DatabaseEnvironment): string {
  const [database, user, password] = [PGDATABASE, PGUSER, PGPASSWORD].map((text) =>
    encodeURIComponent(text ?? ""),
  );
  return `jdbc:postgresql://${PGHOST}:${PGPORT}/${database}?user=${user}&password=${password}`;
}

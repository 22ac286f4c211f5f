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
  const [start] = scheme.exec(value) ?? [];
  if (start !== undefined && value.startsWith(start)) return urlLike(value, environment);
  const own = /^PG|^DATABASE_URL$/.test(name) ? environment[name] : undefined;
  if (own !== undefined) return own;
  // They are in the connection string, as far as the server has them.
  if (/^PG(SSLMODE|CHANNELBINDING)$/.test(name)) return "prefer";
  return namedPart(name, environment);
}

/** What a variable has to be by its name alone: DB_HOST, PG_PORT, MYAPP_DATABASE_USER. */
export function namedPart(name: string, environment: DatabaseEnvironment): string | undefined {
  return environment[partNamed(name) ?? ""];
}

/** @returns libpq's variable for what a name is about */
export function partNamed(name: string): string | undefined {
  const kind = /(?:DB|DATABASE|PG|POSTGRES|POSTGRESQL|NEON|TYPEORM|PGSQL)_?([A-Z]+)$/.exec(name);
  if (/MYSQL|MARIA|MONGO|REDIS|MSSQL|ORACLE/.test(name)) return undefined;
  return partsOfDatabase[kind?.[1] ?? ""];
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

/** Where a connection leads, and how: the parameters of libpq, of poolers and of what is like them. */
const connects =
  /^(?:host|hostaddr|port|dbname|database|db|user|username|password|passfile|service|servicefile|ssl\w*|tls\w*|channel_?binding|gss\w*|krbsrvname|require\w*|target_session_attrs|load_balance_hosts|uselibpqcompat|pgbouncer|connection_limit|pool\w*|(?:min|max)_protocol_version|keepalives\w*|tcp_user_timeout|connect\w*timeout|replication|endpoint|project)$/i;
/** Neon's options, which say where the connection leads: endpoint=ep-cool-darkness. */
const ofPlace = /(?:^|\s)(?:endpoint|project|reference)=\S*/g;

/** What the page's own connection string asks the server or the library for, such as a time limit. */
function settingsOf(query: string): (readonly [name: string, value: string])[] {
  return [...new URLSearchParams(query.replaceAll("+", "%2B"))].flatMap(([name, value]) => {
    const own = name === "options" ? value.replace(ofPlace, "") : value;
    return connects.test(name) || own === "" ? [] : [[name, own] as const];
  });
}

/** A connection string with settings that it has not. */
function withSettings(url: string, settings: readonly (readonly [string, string])[]): string {
  const own = new URLSearchParams(url.replace(/^[^?]*\??/, ""));
  const more = settings
    .filter(([name]) => !own.has(name))
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return more.length === 0 ? url : `${url}${url.includes("?") ? "&" : "?"}${more.join("&")}`;
}

/**
 * The connection string of the scratch database, for the library that a page's own is for, with the settings of the
 * page's own.
 */
export function urlLike(found: string, environment: DatabaseEnvironment): string {
  const [start = ""] = scheme.exec(found) ?? [];
  const settings = settingsOf(/\?(.*)/s.exec(found)?.[1] ?? "");
  const url = environment.DATABASE_URL ?? "";
  if (start.startsWith("jdbc:")) return withSettings(jdbcUrl(environment), settings);
  if (!start.includes("+")) return withSettings(url, settings);
  // SQLAlchemy gives the parameters to its driver. asyncpg has none of libpq's.
  const rest = url.slice(url.indexOf("://") + "://".length);
  const own = start.includes("asyncpg") ? rest.replace(/\?.*/, "") : rest;
  return withSettings(`${start}${own}`, settings);
}

/** The same for libpq's form: "host=localhost dbname=shop options='-c search_path=tenant'". */
export function urlLikeKeywords(found: string, environment: DatabaseEnvironment): string {
  const pairs = [...found.matchAll(/(\w+)\s*=\s*(?:'((?:\\.|[^'\\])*)'|([^\s'"]*))/g)];
  const query = pairs.map(([, name = "", quoted, plain = ""]) => {
    return `${name}=${encodeURIComponent(quoted?.replace(/\\(.)/g, "$1") ?? plain)}`;
  });
  return withSettings(environment.DATABASE_URL ?? "", settingsOf(query.join("&")));
}

function jdbcUrl({ PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD }: DatabaseEnvironment): string {
  const [database, user, password] = [PGDATABASE, PGUSER, PGPASSWORD].map((text) =>
    encodeURIComponent(text ?? ""),
  );
  return `jdbc:postgresql://${PGHOST}:${PGPORT}/${database}?user=${user}&password=${password}`;
}

/** True for what a reader has something else for. */
export function isPlaceholder(text: string): boolean {
  return /[<>[\]{}$]|[A-Z]{3}|\bhost(?:name)?\b|\byour/.test(text);
}

/**
 * The role, server and database of a connection string without placeholders, by libpq's variables. A pooler leads to
 * the same, and so does another port.
 */
export function placeOf(value: string): ReadonlyMap<string, string> | undefined {
  const [start] = scheme.exec(value) ?? [];
  if (start === undefined || !value.startsWith(start)) return undefined;
  const rest = value.slice(start.length).replace(/\?.*/s, "");
  if (start.startsWith("jdbc:") || isPlaceholder(rest)) return undefined;
  const [, user = "", host = "", name = ""] =
    /^(?:([^:@/]*)[^@/]*@)?([^:/]*)[^/]*\/?(.*)$/s.exec(rest) ?? [];
  return new Map([
    ["PGUSER", user],
    ["PGHOST", host.replace(/-pooler\b/, "")],
    ["PGDATABASE", name],
  ]);
}

import { devNull } from "node:os";
import { isAbsolute, resolve } from "node:path";
import { settingsOf } from "../connection/connection-string.ts";
import { type ConnectionUri, joinUri, splitUri } from "../connection/connection-uri.ts";

/**
 * Variables that would make a step behave otherwise than its code and its database say. Of Node's own, they
 * silence a warning (NODE_NO_WARNINGS), add one (NODE_DEBUG), load code (NODE_OPTIONS), or trust any
 * server (NODE_TLS_REJECT_UNAUTHORIZED). A shell runs the files in BASH_ENV and ENV, and prints where it goes
 * with CDPATH. Java names its options on stderr. Some programs use colours in CI. Git hands a hook the place of the
 * reader's repository.
 */
const unwanted = [
  /^(?:PG[A-Z]|POSTGRES_|PSQL|DOTENV_|NODE_|TSX_|PYTHON|LC_|CLICOLOR)/i,
  /^(?:DATABASE_URL|LANGUAGE|INIT_CWD|OLDPWD|DEBUG|BASH_ENV|ENV|CDPATH|SSLKEYLOGFILE|RUBYOPT|PERL5OPT)$/i,
  /^(?:FORCE_COLOR|NO_COLOR|CI|GITHUB_ACTIONS|GITLAB_CI|TEAMCITY_VERSION)$/i,
  /^(?:_JAVA_OPTIONS|(?:JAVA_TOOL|JDK_JAVA)_OPTIONS)$/i,
  /^GIT_(?:DIR|INDEX_FILE|WORK_TREE|PREFIX|COMMON_DIR|OBJECT_DIRECTORY)$/i,
];

/** They lead to the reader's own database, or let in as the reader: a step may print them, too. */
const logins = [
  /^(?:DB|DATABASE|PG|POSTGRESQL|TYPEORM|SQLALCHEMY|MYSQL|MARIADB)_/i,
  /^DB_?(?:HOST|PORT|NAME|USER|PASS|URL)/i,
  /(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|(?:API|ACCESS|SECRET|PRIVATE)_?KEY)$/i,
];

const leftOut = [...unwanted, ...logins];

/**
 * A variable of any name may do so by its value, such as Neon's DATABASE_URL_UNPOOLED: the connection string of a
 * PostgreSQL server, in the other forms of libpq, ADO.NET and ODBC, too, and any URL with a password.
 */
const loginValue =
  /^(?:(?:jdbc:|prisma\+)?postgres[\w+]*:|[a-z][a-z\d+.:-]*:\/\/[^:@/\s]*:[^@\s]+@)|(?:^|[\s;])(?:dbname|database|initial catalog|data source|password|pwd|user ?id|username|uid)\s*=|(?:^|[\s;])(?:host|server)\s*=.*[\s;](?:port|user)\s*=/i;

/** A company's certificate authorities and proxy: without them, no server can be reached or verified. */
const wanted = /^(?:NODE_EXTRA_CA_CERTS|NODE_USE_SYSTEM_CA|(?:HTTPS?|ALL)_PROXY)$/i;

/** The same on every machine. */
const fixed = {
  TZ: "UTC",
  LANG: "C.UTF-8",
  PYTHONDONTWRITEBYTECODE: "1",
  PSQLRC: devNull, // without -X, psql reads ~/.psqlrc
  PYTHON_DOTENV_DISABLED: "1", // python-dotenv looks for .env in the folders above the script's
};

/** The environment of this process, without what would change what a step does. */
export function neutralEnvironment(): NodeJS.ProcessEnv {
  const isLeftOut = (name: string) => leftOut.some((some) => some.test(name));
  const passed = Object.entries(process.env).filter(
    ([name, value = ""]) =>
      wanted.test(name) || !(isLeftOut(name) || loginValue.test(value.trim())),
  );
  const authorities = process.env.NODE_EXTRA_CA_CERTS;
  return {
    ...Object.fromEntries(passed),
    ...(authorities ? { NODE_EXTRA_CA_CERTS: fromHere(authorities) } : {}),
    ...fixed,
  };
}

/** libpq's parameters, and their names in the environment. An empty one is not the same as none. */
const variables = new Map([
  ["application_name", "PGAPPNAME"],
  ["channel_binding", "PGCHANNELBINDING"],
  ["connect_timeout", "PGCONNECT_TIMEOUT"],
  ["options", "PGOPTIONS"],
  ["sslrootcert", "PGSSLROOTCERT"],
]);

/** A step works in another directory than the runner. */
const fromHere = (file: string) => (isAbsolute(file) ? file : resolve(file));

function withWholePaths(uri: ConnectionUri): ConnectionUri {
  const parameters = [...uri.parameters].map(([name, value]): [string, string] => {
    const isFile =
      /^ssl(?:rootcert|cert|key|crl)$/.test(name) && value !== "" && value !== "system";
    return [name, isFile ? fromHere(value) : value];
  });
  return { ...uri, parameters: new Map(parameters) };
}

/** A step can rely on them: what it has in their place, `${PGHOST:-localhost}`, is not used. */
const alwaysSet = [
  "DATABASE_URL",
  "PGHOST",
  "PGPORT",
  "PGUSER",
  "PGPASSWORD",
  "PGDATABASE",
  "PGSSLMODE",
] as const;

export function isSetByRunner(variable: string): boolean {
  return alwaysSet.some((name) => name === variable);
}

/**
 * Returns the variables with which any program connects to a database: the connection string, and libpq's
 * own. As an argument, every user of the machine could see them. All parts of the connection string are
 * percent-encoded: libraries read a raw # or % differently, and some show the password in their error
 * message.
 * @throws SetupError
 */
export function databaseEnvironment(text: string): Record<string, string> {
  const uri = withWholePaths(splitUri(text));
  const more = [...uri.parameters].map(([name, value]) => [value && variables.get(name), value]);
  const { host, port, user, password, database, sslMode } = settingsOf(uri);
  const own: Record<(typeof alwaysSet)[number], string> = {
    DATABASE_URL: joinUri(uri),
    PGHOST: host,
    PGPORT: `${port}`,
    PGUSER: user,
    PGPASSWORD: password,
    PGDATABASE: database,
    PGSSLMODE: sslMode === "no-verify" ? "require" : sslMode, // libpq does not know ours
  };
  return { ...own, ...Object.fromEntries(more.filter(([variable]) => variable)) };
}

import { extname } from "node:path";
import {
  type DatabaseEnvironment,
  databasePort,
  namedPart,
  scheme,
  urlLike,
  urlLikeKeywords,
} from "./database-values.ts";
import { hardcodedHosts } from "./hardcoded-hosts.ts";
import { isSetByRunner } from "./step-environment.ts";

const kinds = [
  ["PGHOST", /^host(?:_?name)?$/i],
  ["PGPORT", /^port$/i],
  ["PGDATABASE", /^(?:database|db)$/i],
  ["PGUSER", /^user(?:_?name)?$/i],
  ["PGPASSWORD", /^(?:password|passwd|pass|pwd)$/i],
] as const;
const endOfName =
  /(?:host_?name|host|port|database|db|name|user_?name|user|password|passwd|pass|pwd)$/i;
const ofDatabase = /(?:db|database|pg|postgres|postgresql|sql)_?$/i;

const isDatabasePort = new RegExp(`^${databasePort}$`);

/** A name, and what comes before its value: `host: `, `"host": `, `const host: string = `. */
const assignment =
  /(?<![\w$.@])(["']?)([A-Za-z_]\w*)\1(\s*(?::(?:\s*\w+\s*=(?!=))?|=(?![=>]))\s*)|(?<=[{,]\s*)([a-z]\w*)(?=\s*[,}])/g;
/** For a variable that is not set: `process.env.DB_HOST || `, `os.getenv("DB_HOST", `. */
const fallback =
  /(?:[\w.(]*env(?:iron)?(?:\.\w+|\[["']\w+["']\])[\w.()]*\s*(?:\|\||\?\?)\s*|[\w.(]*(?:getenv|environ\.get)\(\s*["']\w+["']\s*,\s*)?/
    .source;
const literal = new RegExp(
  `(${fallback})("(?:\\\\.|[^"\\\\\\n])*"|'(?:\\\\.|[^'\\\\\\n])*'|\`[^\`$\\\\]*\`|\\d+\\b)(?!\\s*[+.%]|[ \\t]*[[(\\w])`,
  "y",
);
const strings = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|(?<!:)\/\/.*|[([{}\])]/g;

/** In these, values need no quotes. In the others they are code. */
const plainFiles = new Map<string, (value: string) => string>([
  ...[".yml", ".yaml", ".toml", ".env"].map((ending) => [ending, JSON.stringify] as const),
  ...[".ini", ".cfg", ".conf", ".properties"].map((ending) => [ending, String] as const),
]);
const plainLine =
  /^([ \t]*(?:-[ \t]+)?(?:export[ \t]+)?)(["']?)([\w.-]+)\2([ \t]*[:=][ \t]*)(.*?)[ \t]*$/;

const url = new RegExp(`${scheme.source}[^\\s"'\`<>()\\\\]*`, "g");
const otherUrl =
  /\b(?:mysql2?|mariadb|mssql|sqlserver|mongodb(?:\+srv)?|rediss?|clickhouse)(?:\+\w+)?:\/\/(?:[^\s"'`@/]*@)?([^\s"'`/?$\\]+)/;
const otherLibrary = /\b(?:mysql2?|pymysql|mariadb|mssql|mongodb|mongoose|i?oredis|redis)\b/i;
/** libpq's form: "host=localhost dbname=shop". */
const keywordsIn = (quote: string) => {
  const has = (names: string) => `(?=[^${quote}\\n]*\\b(?:${names})=)`;
  return `${quote}(?:${has("host")}${has("dbname|user|port")}|${has("port")}${has("dbname|user")})`;
};
const keywords = new RegExp(`${keywordsIn('"')}[^"\\n{}$%]*"|${keywordsIn("'")}[^'\\n{}$%]*'`, "g");
const openKeywords = new RegExp(
  `(?:${keywordsIn('"')}|${keywordsIn("'")}|${keywordsIn("`")})[^\\n]*?\\b(?:(?:host|dbname)=|(?=port=\\d))(\\w[\\w.=-]*)`,
);
/** A connection string that is put together: "postgresql://" + user + "@localhost/shop". */
const joined = new RegExp(`${scheme.source}["'\`][^;]{0,300}?["'\`]@(\\w[\\w.:-]*)`);
const library = /\b(?:pg|postgres\w*|psycopg\w*|asyncpg)\b/i;
const opening = /(?:\bPool|\bClient|\bconnect|\bcreate_pool|\bpostgres)\(\s*\{?$/;

/** Leads a connection to nowhere: for what only asks where it leads. */
const elsewhere: DatabaseEnvironment = {
  DATABASE_URL: "postgresql://",
  PGHOST: "own",
  PGPORT: "1",
  PGDATABASE: "own",
  PGUSER: "own",
  PGPASSWORD: "own",
};

/** The variables that a page's programs get. */
const isSet = (variable: string) =>
  isSetByRunner(variable) || namedPart(variable, elsewhere) !== undefined;

const isNoProgram = /\.(?:md|mdx|txt|sql|html|css)$/i;

/** A name that may be one of a connection's, with its value. */
interface Part {
  readonly part: string;
  readonly value?: { readonly start: number; readonly text: string } | undefined;
  /** True if the value comes from elsewhere in the program. */
  readonly isOpen: boolean;
  /** What it is in: a call that connects, other brackets or a section, or none. */
  readonly place: "call" | "group" | "variables";
}

/**
 * Leads the connections that are written out in a file of a page to the scratch database.
 * @returns the text with it in their place, and where it still connects to: localhost:5432
 */
export function redirect(
  path: string,
  text: string,
  environment: DatabaseEnvironment,
): { text: string; place: string | undefined } {
  if (isNoProgram.test(path) || !/host|:\/\/|database|db_?name|port=/i.test(text)) {
    return { text, place: undefined };
  }
  const isEnvironment = endingOf(path) === ".env"; // its variables may be for other programs
  let place = isEnvironment ? undefined : otherUrl.exec(text)?.[1];
  let changed = text.replace(url, (found) => {
    const [start = ""] = scheme.exec(found) ?? [];
    const rest = found.slice(start.length);
    if (/[{$%]/.test(rest.replace(/%[0-9A-F]{2}/gi, ""))) place ??= placeIn(rest);
    else if (rest !== "") return urlLike(found, environment);
    return found;
  });
  changed = changed.replace(keywords, (found) =>
    JSON.stringify(urlLikeKeywords(found.slice(1, -1), environment)),
  );
  place ??= openKeywords.exec(changed)?.[1] ?? joined.exec(text)?.[1];
  const write = plainFiles.get(endingOf(path)) ?? JSON.stringify;
  const isPlain = plainFiles.has(endingOf(path));
  const parts = isPlain ? sectionsIn(changed, isEnvironment) : bracketsIn(changed);
  const connections = grouped(parts).filter(isConnection);
  const open = connections.find(
    (group) => (!isEnvironment && otherLibrary.test(text)) || group.some(({ isOpen }) => isOpen),
  );
  place ??= open && placeOf(open);
  const changes = connections.flat().flatMap(({ part, value }) => {
    const own = environment[part];
    if (!value || own === undefined) return [];
    return [{ ...value, own: /^\d+$/.test(value.text) && part === "PGPORT" ? own : write(own) }];
  });
  const each = new Map(changes.map((one) => [one.start, one]));
  for (const { start, text: old, own } of [...each.values()].sort((a, b) => b.start - a.start)) {
    changed = changed.slice(0, start) + own + changed.slice(start + old.length);
  }
  return { text: changed, place };
}

/** Finds where a file of a page connects to that is not the scratch database: a place, or any host that is left in it. */
export function hardcodedPlace(path: string, text: string): string | undefined {
  if (isNoProgram.test(path)) return undefined;
  const led = redirect(path, text, elsewhere);
  return led.place ?? hardcodedHosts(path, led.text, isSet)[0];
}

/** True for a file of a page that says itself where it connects to, in whole or in part. */
export function isWrittenOut(path: string, text: string): boolean {
  const led = redirect(path, text, elsewhere);
  return led.text !== text || led.place !== undefined;
}

/** The place in a connection string with variables, if a part of it is written out. */
function placeIn(rest: string): string | undefined {
  const place = rest.replace(/^.*@/, "").replace(/\?.*/s, "");
  return /\w/.test(place.replace(/\$?\{[^}]*\}?|%\(?\w*\)?s|\$\w+/g, "")) ? place : undefined;
}

function endingOf(path: string): string {
  return /(?:^|\/)\.env[^/]*$/.test(path) ? ".env" : extname(path).toLowerCase();
}

/** True for a file that programs read without its name in their code. */
export function isConfiguration(path: string): boolean {
  return plainFiles.has(endingOf(path)) || endingOf(path) === ".json";
}

/** @returns libpq's variable for a name, and what stands before: DB_ of DB_HOST */
function readName(name: string): { part: string; prefix: string } | undefined {
  const [end] = endOfName.exec(name) ?? [];
  if (end === undefined) return undefined;
  const prefix = name.slice(0, -end.length);
  const isName = /^name$/i.test(end);
  if (isName && !ofDatabase.test(prefix)) return undefined;
  const part = isName ? "PGDATABASE" : kinds.find(([, pattern]) => pattern.test(end))?.[0];
  return part === undefined ? undefined : { part, prefix: prefix.toLowerCase() };
}

/** True if it leads to a database, and is not about a web server, mail or people. */
function isConnection(group: readonly Part[]): boolean {
  const has = (part: string) => group.some((one) => one.part === part);
  const place = group.find(({ part, place }) => part === "PGHOST" || place === "call")?.place;
  const port = group.find(({ part }) => part === "PGPORT")?.value;
  const isOfDatabase = port && isDatabasePort.test(plain(port.text));
  if (place === undefined) {
    // Without a host, it is PGHOST, unless a library has another one.
    return has("PGDATABASE") && port !== undefined && (isOfDatabase || has("PGPASSWORD"));
  }
  if (!group.some(({ value }) => value)) return false;
  if (has("PGDATABASE")) return true;
  if (port) return isOfDatabase === true;
  return place === "call" || (place === "group" && has("PGUSER"));
}

/** True for PORT, which is a web server's unless it is a database's. */
function isOfServer({ part, prefix }: { part: string; prefix: string }, value: string): boolean {
  return part === "PGPORT" && prefix === "" && !isDatabasePort.test(plain(value));
}

function placeOf(group: readonly Part[]): string {
  const [host, port] = ["PGHOST", "PGPORT"].map((name) => {
    const value = group.find(({ part }) => part === name)?.value;
    return value && plain(value.text);
  });
  if (host === undefined) return port === undefined ? "another database" : `port ${port}`;
  return `${host}${port === undefined ? "" : `:${port}`}`;
}

function plain(value: string): string {
  return value.replace(/^["'`]|["'`]$/g, "");
}

/** Names in the sections of a file, by what they begin with. */
function* sectionsIn(text: string, isEnvironment: boolean): Generator<readonly [string, Part]> {
  let [section, at] = [0, 0];
  for (const line of text.split("\n")) {
    const [, indent = "", , name = "", sign = "", value = ""] = plainLine.exec(line) ?? [];
    const known = readName(name);
    if (/^\s*\[/.test(line) || (sign.includes(":") && value === "")) section++;
    else if (known && value !== "") {
      const start = at + line.indexOf(value, line.indexOf(sign, indent.length + name.length));
      const isOpen = /[${]/.test(value);
      const isOther = isEnvironment && isOfServer(known, value);
      for (const prefix of isOther ? [] : prefixesOf(name, known.prefix)) {
        const own = isOpen ? undefined : { start, text: value };
        const part: Part = { part: known.part, isOpen, place: "group", value: own };
        yield [`${section} ${indent.length} ${prefix}`, part];
      }
    }
    at += line.length + 1;
  }
}

/** Names in the same brackets; those of variables by what they begin with. */
function* bracketsIn(text: string): Generator<readonly [string, Part]> {
  const enclosing = bracketFinder(text);
  const isOfLibrary = library.test(text);
  for (const { index, 0: all, 2: named, 3: sign = "", 4: alone } of text.matchAll(assignment)) {
    const known = readName(named ?? alone ?? "");
    if (!known) continue;
    const { part, prefix } = known;
    const bracket = enclosing(index);
    const isVariable = sign.includes("=") && text[bracket] !== "(";
    const after = index + all.length;
    literal.lastIndex = after;
    const [, before = "", found] = (sign === "" ? null : literal.exec(text)) ?? [];
    const value = found === undefined ? undefined : { start: after + before.length, text: found };
    if (isVariable && value && isOfServer(known, value.text)) continue;
    const rest = /^[^,;\n]*/.exec(text.slice(after))?.[0] ?? "";
    const isOpen = !value && !(sign !== "" && comesFromOutside(rest));
    const isCall = isOfLibrary && opening.test(text.slice(Math.max(0, bracket - 40), bracket + 1));
    const place = isVariable ? "variables" : isCall ? "call" : "group";
    for (const own of isVariable ? prefixesOf(named ?? "", prefix) : [""]) {
      yield [`${bracket} ${isVariable} ${own}`, { part, isOpen, place, value }];
    }
  }
}

/** `dbname` is with `host`, and DB_NAME with DB_HOST. */
function prefixesOf(name: string, prefix: string): readonly string[] {
  return /^db_?name$/i.test(name) ? ["", prefix] : [prefix];
}

/** True for a variable of the environment, or what has been given such a one's name. */
function comesFromOutside(expression: string): boolean {
  const probe = { PGHOST: "x", PGPORT: "x", PGUSER: "x", PGPASSWORD: "x", PGDATABASE: "x" };
  const isNamed = (name: string) => name === name.toUpperCase() && namedPart(name, probe);
  return /env/i.test(expression) || (expression.match(/\w+/g) ?? []).some(isNamed);
}

/** Groups parts by their keys. */
function grouped(parts: Iterable<readonly [key: string, part: Part]>): Part[][] {
  const groups = new Map<string, Part[]>();
  for (const [key, part] of parts) groups.set(key, [...(groups.get(key) ?? []), part]);
  return [...groups.values()];
}

/** @returns where the brackets around a place begin; -1 outside of all. It is asked for one place after the other. */
function bracketFinder(text: string): (index: number) => number {
  const brackets = [...text.matchAll(strings)].filter(([found]) => found.length === 1);
  const stack: number[] = [];
  let next = 0;
  return (index) => {
    for (let one = brackets[next]; one && one.index < index; one = brackets[++next]) {
      if (/[([{]/.test(one[0])) stack.push(one.index);
      else stack.pop();
    }
    return stack.at(-1) ?? -1;
  };
}

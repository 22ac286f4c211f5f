import { unusable } from "./errors.ts";

/** The parts of a connection string, percent-decoded. A part that is not there is empty. */
export interface ConnectionUri {
  readonly user: string;
  readonly password: string;
  readonly host: string;
  readonly port: string;
  readonly database: string;
  /** Of two with one name, the last one. */
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * Splits a connection URI where libpq splits it (fe-connect.c, conninfo_uri_parse_options). The
 * URL class will not do: it refuses passwords with a raw ? or #, and splits at the last @.
 * @throws SetupError
 */
export function splitUri(text: string): ConnectionUri {
  const scheme = /^postgres(?:ql)?:\/\//.exec(text)?.[0];
  if (scheme === undefined) throw unusable(notAUri(text));
  if (/\s$/.test(text)) throw unusable(ATTACHED);
  const uri = text.slice(scheme.length);

  // The user name and password end at the first @, unless a / comes before it.
  const userInfo = /^[^@/]*(?=@)/.exec(uri)?.[0];
  const [user, password] = halves(userInfo ?? "", ":");
  const location = userInfo === undefined ? uri : uri.slice(userInfo.length + 1);

  // Another @, or a %40 without a login, means that it was split in the middle of a password.
  // What follows would be shown as a host and a database. The value of a parameter may have a %40.
  const isSplit = !user && !password && /^[^?]*%40|[?&][^=&]*%40/.test(location);
  if (isSplit || location.includes("@")) {
    throw unusable(
      "A connection string has one @, before the host. In a password, write @ as %40 and / as %2F.",
    );
  }

  // The server would quote the whole of it as the user's name.
  if (!password && /%3a/i.test(user) && !/[?&]password=/.test(location)) {
    throw unusable(
      "Its user name has a : in it, and there is no password. Between user and password, write : and not %3A.",
    );
  }

  const parts = /^(?:\[([^\]]*)\]|([^:/?[]*))(?::([^/?]*))?(?:\/([^?]*))?(?:\?(.*))?$/s.exec(
    location,
  );
  if (!parts) {
    throw unusable(
      "The part after the @ is not host:port/database. Write an IPv6 address in [brackets].",
    );
  }
  const [, address, host = "", port = "", database = "", query = ""] = parts;

  return {
    user: decode(user, "user name"),
    password: decode(password, "password"),
    host: decode(address ?? host, "host"),
    port: decode(port, "port"),
    database: decode(database, "database name"),
    parameters: splitParameters(query),
  };
}

/** The inverse of `splitUri`. What was written in the clear may come back percent-encoded. */
export function joinUri(uri: ConnectionUri): string {
  const { user, password, host, port, database, parameters } = uri;
  const encode = encodeURIComponent;
  const login = user || password ? `${encode(user)}${password && `:${encode(password)}`}@` : "";
  const place = host.includes(":") ? `[${encode(host).replaceAll("%3A", ":")}]` : encode(host);
  const server = `${login}${place}${port && `:${encode(port)}`}`;
  const query = [...parameters].map(([name, value]) => `${encode(name)}=${encode(value)}`);
  // pg does not decode these in a path, in which they may stand.
  const name = encode(database).replace(/%(?:24|26|2B|2C|3A|3B|3D)/g, decodeURIComponent);
  return `postgresql://${server}/${name}${query.length > 0 ? `?${query.join("&")}` : ""}`;
}

/**
 * The same connection string with another database.
 * @throws SetupError
 */
export function withDatabase(text: string, database: string): string {
  const uri = splitUri(text);
  const parameters = new Map([...uri.parameters].filter(([name]) => name !== "dbname"));
  return joinUri({ ...uri, database, parameters });
}

function splitParameters(query: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const pair of query.split("&").filter(Boolean)) {
    const [name, value] = halves(pair, "=");
    parameters.set(decode(name, "query string"), decode(value, "query string"));
  }
  return parameters;
}

/** What is before the first separator, and what is after it: nothing, where there is none. */
function halves(text: string, separator: string): [before: string, after: string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}

function decode(text: string, part: string): string {
  if (/\p{Cs}/u.test(text)) throw unusable(`Its ${part} is not valid text. Copy it again.`);
  try {
    const decoded = decodeURIComponent(text);
    if (!decoded.includes("\0")) return decoded;
  } catch {
    // the message below serves for both
  }
  throw unusable(
    `Its ${part} has a % that is not followed by two hex digits of UTF-8 text. Write % as %25.`,
  );
}

const ATTACHED = "It has a quote, a blank or a line break at its start or end. Remove it.";

function notAUri(text: string): string {
  if (/^\s*psql\b/.test(text))
    return "It is a psql command. Keep only the text between the quotes.";
  if (/^["'`\s]|["'`\s]$/.test(text)) return ATTACHED;
  return "It does not start with postgresql:// or postgres://.";
}

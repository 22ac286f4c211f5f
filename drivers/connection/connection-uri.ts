import { unusable } from "./errors.ts";

/** The parts of a connection string, percent-decoded. A part that is not there is empty. */
export interface ConnectionUri {
  readonly user: string;
  readonly password: string;
  readonly host: string;
  readonly port: string;
  readonly database: string;
  /** Without the parameters that have no value. Of two with one name, the last one. */
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * Splits a connection URI where libpq splits it (fe-connect.c, conninfo_uri_parse_options). The
 * URL class will not do: it refuses passwords with a raw ? or #, and splits at the last @.
 * @throws SetupError
 */
export function splitUri(text: string): ConnectionUri {
  const uri = /^postgres(?:ql)?:\/\/(.*)$/s.exec(text)?.[1];
  if (uri === undefined) throw unusable(notAUri(text));

  // The user name and password end at the first @, unless a / comes before it.
  const [, userInfo = "", location = ""] = /^(?:([^@/]*)@)?(.*)$/s.exec(uri) ?? [];
  const [, user = "", password = ""] = /^([^:]*):?(.*)$/s.exec(userInfo) ?? [];

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

function splitParameters(query: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const pair of query.split("&").filter(Boolean)) {
    const [, name = "", value = ""] = /^([^=]*)=?(.*)$/s.exec(pair) ?? [];
    parameters.set(decode(name, "parameters"), decode(value, "parameters"));
  }
  return parameters;
}

function decode(text: string, part: string): string {
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

function notAUri(text: string): string {
  if (/^["'`\s]|["'`\s]$/.test(text))
    return "It has a quote or a blank at its start or end. Remove it.";
  if (/^psql\b/.test(text))
    return "It is a psql command. Keep only what stands between the quotes.";
  return "It does not start with postgresql:// or postgres://.";
}

/** The same connection string with another database. */
export function withDatabase(text: string, database: string): string {
  const [, server = text, , query = ""] =
    /^([^:]+:\/\/(?:[^@/]*@)?(?:\[[^\]]*\]|[^:/?]*)(?::[^/?]*)?)(\/[^?]*)?(\?.*)?$/s.exec(text) ??
    [];
  const parameters = query
    .slice(1)
    .split("&")
    .filter((pair) => pair && !/^dbname=/.test(pair));
  const rest = parameters.length > 0 ? `?${parameters.join("&")}` : "";
  return `${server}/${encodeURIComponent(database)}${rest}`;
}

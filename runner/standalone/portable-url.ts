import { splitUri } from "../../drivers/connection/connection-uri.ts";

/**
 * Writes a connection string with all its parts percent-encoded: libraries differ in what they make
 * of a raw # or %, and some show the password in their complaint.
 * @throws SetupError
 */
export function portableUrl(text: string): string {
  const { user, password, host, port, database, parameters } = splitUri(text);
  const encode = encodeURIComponent;
  const account = user && `${encode(user)}${password && `:${encode(password)}`}@`;
  const place = host.includes(":") ? `[${host}]` : encode(host);
  const query = [...parameters].map(([name, value]) => `${encode(name)}=${encode(value)}`);
  const end = query.length > 0 ? `?${query.join("&")}` : "";
  return `postgresql://${account}${place}${port && `:${port}`}/${encode(database)}${end}`;
}

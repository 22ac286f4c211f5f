import { joinUri, splitUri } from "../connection/connection-uri.ts";
import type { GuideServer } from "./guide-database.ts";

/**
 * How to look into a client's database with psql. The embedded server's password is for this run only.
 * For any other, psql asks: every user of the machine can see its arguments.
 */
export function psqlHint(
  kind: GuideServer["kind"],
  url: string,
  platform = process.platform,
): string {
  const mark = platform === "win32" ? '"' : "'"; // single quotes mean nothing to cmd
  return `psql ${mark}${kind === "embedded" ? url : psqlUrl(url)}${mark}`;
}

/** A connection string as psql takes it, without the password. */
export function psqlUrl(url: string): string {
  const uri = splitUri(url);
  const parameters = new Map([...uri.parameters].filter(([name]) => !/password/i.test(name)));
  // libpq does not know ours, and means the same by "require".
  if (parameters.get("sslmode") === "no-verify") parameters.set("sslmode", "require");
  return joinUri({ ...uri, password: "", parameters }).replaceAll("'", "%27");
}

/** What sets DATABASE_URL in a shell: one line to paste, and on Windows one for each of its shells. */
export function exportLines(url: string, platform = process.platform): readonly string[] {
  return platform === "win32"
    ? [`$env:DATABASE_URL = '${url}'`, `set "DATABASE_URL=${url}"`]
    : [`export DATABASE_URL='${url}'`];
}

import { joinUri, splitUri } from "../connection/connection-uri.ts";
import type { GuideServer } from "./guide-server.ts";

/**
 * Gives the command line that opens a client's database with psql. The embedded server's password is for
 * one run only. For an external server, psql asks for it: every user of the machine can see arguments.
 */
export function psqlHint(
  kind: GuideServer["kind"],
  url: string,
  platform = process.platform,
): string {
  const quote = platform === "win32" ? '"' : "'"; // single quotes mean nothing to cmd
  return `psql ${quote}${kind === "embedded" ? url : psqlUrl(url)}${quote}`;
}

/** Gives a connection string that psql understands, without the password. */
export function psqlUrl(url: string): string {
  const uri = splitUri(url);
  const parameters = new Map([...uri.parameters].filter(([name]) => !/password/i.test(name)));
  // libpq does not know "no-verify", and means the same by "require".
  if (parameters.get("sslmode") === "no-verify") parameters.set("sslmode", "require");
  return joinUri({ ...uri, password: "", parameters }).replaceAll("'", "%27");
}

/** Gives the lines that set DATABASE_URL: one to paste, or on Windows one for each of its shells. */
export function exportLines(url: string, platform = process.platform): readonly string[] {
  return platform === "win32"
    ? [`$env:DATABASE_URL = '${url}'`, `set "DATABASE_URL=${url}"`]
    : [`export DATABASE_URL='${url}'`];
}

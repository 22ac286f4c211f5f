import type { GuideDatabase, Lane } from "./guide-database.ts";

/**
 * How to look into a driver's database with psql. The embedded server's password is for this run
 * only; any other never appears.
 */
export function psqlHint(
  { kind, isParallel }: Pick<GuideDatabase, "kind" | "isParallel">,
  { url, database }: Pick<Lane, "url" | "database">,
  platform = process.platform,
): string {
  // Single quotes mean nothing to cmd.
  if (kind === "embedded") return platform === "win32" ? `psql "${url}"` : `psql '${url}'`;
  const psql = process.env.DATABASE_URL
    ? platform === "win32"
      ? "psql $env:DATABASE_URL"
      : 'psql "$DATABASE_URL"'
    : "psql, with the DATABASE_URL of .env";
  // In place, the steps use the very database that DATABASE_URL names.
  return isParallel ? `${psql}, then \\c ${database}` : psql;
}

/** What sets DATABASE_URL in a shell: one line to paste, and on Windows one for each of its shells. */
export function exportLines(url: string, platform = process.platform): readonly string[] {
  return platform === "win32"
    ? [`$env:DATABASE_URL = '${url}'`, `set "DATABASE_URL=${url}"`]
    : [`export DATABASE_URL='${url}'`];
}

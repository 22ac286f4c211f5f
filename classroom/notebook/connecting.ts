import { relative } from "node:path";
import wrapAnsi from "wrap-ansi";
import { color } from "../../runner/common/color.ts";
import { exportLines, psqlUrl } from "../../runner/database/psql.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import type { Session } from "../../runner/run/session.ts";

/**
 * For another terminal: how to look into a client's database while the reader reads. What is to be
 * copied stands on lines of its own, and works as it is. No given server's password is in it.
 */
export async function connectingTo(
  client: string,
  guide: Guide,
  session: Session,
  width: number,
): Promise<string> {
  const { url } = await session.databaseOf(client);
  const file = quote(relative(process.cwd(), guide.runs.at(-1)?.step.file ?? ""));
  const say = (text: string) => wrapAnsi(text, width);
  const copy = (...lines: string[]) => lines.map((line) => color.cyan(line)).join("\n");

  if (session.server.kind === "external") {
    const how = `The steps run in scratch databases of their own. psql looks into ${client}'s, and asks for your password:`;
    const psql = copy(`psql '${psqlUrl(url)}'`);
    const own = `A step by itself, such as npx tsx ${file}, works in the database that DATABASE_URL names, and not in these.`;
    return [say(how), psql, say(own)].join("\n\n");
  }
  const name = client === guide.drivers[0] ? "" : ` --driver ${client}`;
  const how = `${client}'s database is there while you read. To look into it, in another terminal, in this directory:`;
  return [say(how), copy(...pasteable(url, `npx tsx ${file}${name}`))].join("\n\n");
}

function pasteable(url: string, step: string): string[] {
  const [setUrl = ""] = exportLines(url);
  const psql = process.platform === "win32" ? "psql $env:DATABASE_URL" : 'psql "$DATABASE_URL"';
  return [setUrl, step, psql];
}

/** Quotes a path for a shell, where it needs it. */
function quote(path: string): string {
  if (/^[\w./\\:-]+$/.test(path)) return path;
  const escaped = process.platform === "win32" ? "''" : "'\\''";
  return `'${path.replaceAll("'", escaped)}'`;
}

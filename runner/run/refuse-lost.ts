import { Failure } from "../common/failure.ts";
import { lostIn, whyLost } from "../connection/lost-things.ts";
import type { GuideServer } from "../database/guide-server.ts";

/**
 * Refuses steps that drop or change what is on the reader's server already, outside of their own database, or
 * go there, where the server would let them.
 * @param texts of the steps or a page's programs, by their files
 * @throws Failure of kind "database", and closes the server
 */
export async function refuseLost(
  server: GuideServer,
  texts: () => ReadonlyMap<string, string>,
): Promise<void> {
  if (server.kind !== "external") return;
  const things = lostIn(texts());
  if (things.length === 0 || (await server.isGuarded?.())) return;
  const why = await server.withConnection((db) => whyLost(db, things));
  if (why === undefined) return;
  await server.close();
  throw new Failure("database", why);
}

import { Failure } from "../common/failure.ts";
import { findOutsideObjects, whyNotToRun } from "../connection/outside-objects.ts";
import type { GuideServer } from "../database/guide-server.ts";

/**
 * Refuses steps that would change what is on the reader's server already, outside of their own database, or connect
 * to it, where the server would let them.
 * @param texts of the steps or a page's programs, by their files
 * @throws Failure of kind "database", and closes the server
 */
export async function refuseOutsideChanges(
  server: GuideServer,
  texts: () => ReadonlyMap<string, string>,
): Promise<void> {
  if (server.kind !== "external") return;
  const objects = findOutsideObjects(texts());
  if (objects.length === 0 || (await server.isGuarded?.())) return;
  const why = await server.withConnection((db) => whyNotToRun(db, objects));
  if (why === undefined) return;
  await server.close();
  throw new Failure("database", why);
}

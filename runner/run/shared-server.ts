import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { ClientDatabase, GuideServer } from "../database/guide-server.ts";
import type { Host } from "./session.ts";

/**
 * Lets many sessions use one server, each as if it had it for itself: what a session made is removed when
 * it closes, so that neither the disk nor the memory fills up.
 */
export function shareServer({ workspace }: Host, server: GuideServer): () => Host {
  let count = 0;
  return () => {
    const directory = join(workspace.directory, String(++count));
    mkdirSync(directory, { mode: 0o711 }); // as that of a run: the server's user goes through it
    const open = new Set<ClientDatabase>();
    const view: GuideServer = {
      ...server,
      async createDatabase(client, name, content) {
        const database = await server.createDatabase(client, name, content);
        open.add(database);
        return database;
      },
      async close() {
        rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
        await Promise.all([...open].map((database) => database.close()));
      },
    };
    return { workspace: { ...workspace, directory }, openServer: async () => view };
  };
}

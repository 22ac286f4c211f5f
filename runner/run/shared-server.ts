import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { ClientDatabase, GuideServer } from "../database/guide-server.ts";
import type { Host, SessionOptions } from "./session.ts";
import { thenClose, withHost } from "./with-session.ts";

/**
 * Lets many sessions use one server, each as if it had it for itself: what a session made is removed when
 * it closes, so that neither the disk nor the memory fills up.
 * @param work gets the server's label, and what gives each session its own part
 */
export function withSharedServer<Result>(
  { note, signal }: Pick<SessionOptions, "note" | "signal">,
  work: (label: string, share: () => Host) => Promise<Result>,
): Promise<Result> {
  return withHost({ inPlace: false, note, signal }, async ({ workspace, openServer }) => {
    const server = await openServer();
    let count = 0;
    const share = (): Host => {
      const directory = join(workspace.directory, String(++count));
      mkdirSync(directory, { mode: 0o711 }); // as that of a run: the server's user goes through it
      const openServer = async () => partOf(server, directory);
      return { workspace: { ...workspace, directory }, openServer };
    };
    return thenClose(() => work(server.label, share), server.close, note);
  });
}

function partOf(server: GuideServer, directory: string): GuideServer {
  const open = new Set<ClientDatabase>();
  return {
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
}

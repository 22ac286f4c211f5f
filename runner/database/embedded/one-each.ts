import { join } from "node:path";
import { makeDirectory } from "../../workspace/cache-directory.ts";
import type { Workspace } from "../../workspace/workspace.ts";
import type { GuideServer } from "../guide-server.ts";
import { openEmbedded } from "./embedded.ts";

/**
 * Starts a server for each client, for a guide whose steps make roles, databases or settings of the server:
 * the clients would be in each other's way. The steps are superusers there, and the servers' files are
 * not used again.
 * @throws Failure of kind "database"
 */
export async function openOneEach(workspace: Workspace, signal: AbortSignal): Promise<GuideServer> {
  const servers = new Map<string, Promise<GuideServer>>();

  function serverOf(client: string): Promise<GuideServer> {
    const known = servers.get(client);
    if (known !== undefined) return known;
    const directory = join(workspace.directory, `server-${servers.size + 1}`);
    makeDirectory(directory);
    const own = { ...workspace, directory, memoryDirectory: undefined };
    const server = openEmbedded(own, signal, { isSuperuser: true });
    servers.set(client, server);
    return server;
  }

  // The runner's own work needs one before the first client does.
  const first = await openEmbedded(workspace, signal, { isSuperuser: true });
  return {
    label: `${first.label}, one for each client`,
    kind: "embedded",
    isParallel: true,
    async createDatabase(client, name, content) {
      if (!servers.has(client) && servers.size === 0) servers.set(client, Promise.resolve(first));
      return (await serverOf(client)).createDatabase(client, name, content);
    },
    withConnection: first.withConnection,
    async close() {
      const opened = await Promise.allSettled([first, ...servers.values()]);
      const all = opened.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
      const closed = await Promise.allSettled([...new Set(all)].map((server) => server.close()));
      const failed = closed.find((one) => one.status === "rejected");
      if (failed) throw failed.reason;
    },
  };
}

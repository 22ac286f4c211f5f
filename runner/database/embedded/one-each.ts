import { rmSync } from "node:fs";
import { join } from "node:path";
import { makeDirectory } from "../../workspace/cache-directory.ts";
import type { Workspace } from "../../workspace/workspace.ts";
import type { GuideServer } from "../guide-server.ts";
import { openEmbedded } from "./embedded.ts";

/**
 * Starts a server for each client, for a guide whose steps make roles, databases or settings of the server:
 * the clients would be in each other's way. The servers' files are not used again. A client whose database is made
 * again gets another server, too, without what its steps have made there.
 * @param right of the steps' role
 * @throws Failure of kind "database"
 */
export async function openOneEach(
  workspace: Workspace,
  signal: AbortSignal,
  right: "CREATEROLE" | "SUPERUSER",
): Promise<GuideServer> {
  // The runner's own work needs one before the first client does.
  const first = await openEmbedded(workspace, signal, right);
  const servers = new Map<string, Promise<GuideServer>>();
  let count = 0;

  async function startNext(): Promise<GuideServer> {
    if (count++ === 0) return first;
    const directory = join(workspace.directory, `server-${count}`);
    makeDirectory(directory);
    const own = { ...workspace, directory, memoryDirectory: undefined };
    const server = await openEmbedded(own, signal, right);
    return {
      ...server,
      async close() {
        await server.close();
        rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
      },
    };
  }

  return {
    label: `${first.label}, one for each client`,
    kind: "embedded",
    clientsShare: "nothing",
    async createDatabase(client, name, content) {
      const used = name === undefined ? undefined : await servers.get(client);
      if (used) servers.delete(client);
      if (used !== first) await used?.close();
      const server = servers.get(client) ?? startNext();
      servers.set(client, server);
      return (await server).createDatabase(client, name, content);
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

import { spawn } from "node:child_process";
import { chownSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findBinaries } from "../../../runner/database/embedded/binaries.ts";
import { makeCluster } from "../../../runner/database/embedded/cluster.ts";
import { serverUser } from "../../../runner/database/embedded/server.ts";
import { openWorkspace } from "../../../runner/workspace/workspace.ts";
import { closedPort, type Listener } from "./proxy.ts";

/** A standby without a primary: it recovers for ever, and tells every client that it is starting up. */
export async function startUnreadyServer(): Promise<Listener> {
  const workspace = openWorkspace();
  const user = serverUser();
  const binaries = findBinaries(workspace.root, user);
  const { dataDirectory } = await makeCluster(workspace, binaries, user);
  const signalFile = join(dataDirectory, "standby.signal");
  writeFileSync(signalFile, "");
  if (user.uid !== undefined && user.gid !== undefined) chownSync(signalFile, user.uid, user.gid);

  const port = await closedPort();
  const settings = [`port=${port}`, "hot_standby=off", "unix_socket_directories="];
  const choices = settings.flatMap((setting) => ["-c", setting]);
  const child = spawn(binaries.postgres, ["-D", dataDirectory, ...choices], {
    ...user,
    cwd: dataDirectory,
    stdio: "ignore",
  });
  return {
    port,
    close: async () => {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      if (child.exitCode === null && child.kill("SIGQUIT")) await ended;
      workspace.close();
    },
  };
}

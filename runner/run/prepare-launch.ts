import { join } from "node:path";
import type { Workspace } from "../workspace/workspace.ts";
import type { Launch } from "./command.ts";
import { compileSteps, type Source } from "./compile-steps.ts";
import { programEnvironment } from "./portable-url.ts";
import type { SessionOptions } from "./session.ts";

/**
 * Compiles the steps, and the scripts of the standalone clients.
 * @throws Failure of kind "layout" for a file that does not compile, with its line
 */
export async function prepareLaunch(
  options: SessionOptions,
  workspace: Workspace,
): Promise<Launch> {
  const { guide, runs, clients, standalone } = options;
  const steps = [...new Set(runs.map(({ step }) => step))].filter(({ program }) => !program);
  const own = guide.ownDrivers.filter(({ name }) => clients.includes(name));
  const place = join(workspace.directory, "programs");
  const [programs, scripts] = await Promise.all([
    // Where only standalone clients run, nobody needs the steps.
    clients.length > standalone.length && steps.length > 0
      ? compileSteps<Source>(steps, workspace.root, place, "", own)
      : undefined,
    standalone.length > 0
      ? import("./launch-clients.ts").then(({ launchClients }) =>
          launchClients(standalone, workspace),
        )
      : undefined,
  ]);

  return (step, client, databaseUrl) => {
    const launchScript = scripts?.get(client);
    if (launchScript) return launchScript(step, databaseUrl);
    if (step.program) {
      const [program = "", ...words] = step.program;
      const choice = [...words, step.file];
      const environment = programEnvironment(databaseUrl);
      return { program, arguments: choice, environment, directory: process.cwd() };
    }
    const driver = own.find(({ name }) => name === client);
    const choice = (driver && programs?.get(driver)) ?? client;
    return {
      program: process.execPath,
      arguments: ["--enable-source-maps", programs?.get(step) ?? "", "--driver", choice],
      environment: { DATABASE_URL: databaseUrl },
      directory: process.cwd(),
    };
  };
}

import { basename, extname, join } from "node:path";
import { project } from "../common/project.ts";
import type { Folder } from "../guide/clients.ts";
import type { Guide } from "../guide/guide.ts";
import type { Workspace } from "../workspace/workspace.ts";
import { compileSteps, type Programs, type Source } from "./compile-steps.ts";
import type { ReadyClient } from "./select-clients.ts";
import type { Launch, SessionOptions } from "./session.ts";

/**
 * Compiles the steps, and the scripts of the standalone clients.
 * @returns what starts a step with a client
 * @throws Failure of kind "layout" for a file that does not compile, with its line
 */
export async function prepareLaunch(
  options: SessionOptions,
  workspace: Workspace,
): Promise<Launch> {
  const { clients, guide, standalone } = options;
  if (guide.page) {
    return (await import("../page/launch-page.ts")).launchPage(guide, guide.page, clients);
  }
  const isStandalone = new Set(standalone.map(({ name }) => name));
  const [launchWithDriver, ...scripts] = await Promise.all([
    // If only standalone clients run, the steps are not needed.
    clients.some((client) => !isStandalone.has(client))
      ? prepareSteps(options, workspace)
      : undefined,
    ...prepareScripts(standalone, workspace),
  ]);
  const launches = new Map(scripts);
  return (step, client) => {
    const launch = launches.get(client) ?? launchWithDriver;
    if (!launch) throw new Error(`${client} was not prepared.`);
    return launch(step, client);
  };
}

async function prepareSteps(
  { guide, runs, clients, standalone }: SessionOptions,
  workspace: Workspace,
): Promise<Launch> {
  const steps = [...new Set(runs.map(({ step }) => step))].filter(({ program }) => !program);
  const drivers = clients.filter((name) => !standalone.some((one) => one.name === name));
  const programs = new Map(
    await Promise.all(
      drivers.map(async (name): Promise<[string, Programs]> => {
        const directory = join(workspace.directory, "programs", "drivers", name);
        if (steps.length === 0) return [name, new Map()];
        return [name, await compileSteps(steps, directory, "", driverNamed(guide, name))];
      }),
    ),
  );

  return (step, client) => {
    if (step.program) {
      const [program = "", ...words] = step.program;
      return { program, arguments: [...words, step.file] };
    }
    return {
      program: process.execPath,
      arguments: [programs.get(client)?.get(step) ?? "", "--driver", client],
    };
  };
}

function driverNamed({ ownDrivers }: Guide, name: string): Source {
  const file = join(project, "drivers", name + extname(import.meta.filename));
  return ownDrivers.find((driver) => driver.name === name) ?? { name, file };
}

/** Compiles each folder once, for all clients whose scripts are in it. */
function prepareScripts(
  clients: readonly ReadyClient[],
  workspace: Workspace,
): Promise<[string, Launch]>[] {
  const compiled = new Map<Folder, Promise<ReadonlyMap<string, string>>>();
  return clients.map(async (client): Promise<[string, Launch]> => {
    const { folder, name } = client;
    if (folder.runtime.kind !== "typescript") return [name, launchProgram(client)];
    const compiling = compiled.get(folder) ?? compileFolder(folder, workspace);
    compiled.set(folder, compiling);
    return [name, launchScript(client, await compiling)];
  });
}

/** @returns the programs by the paths of their scripts */
async function compileFolder(
  { directory, files, runtime }: Folder,
  workspace: Workspace,
): Promise<ReadonlyMap<string, string>> {
  const scripts = files.map((file) => ({ file, name: basename(file, ".ts") }));
  const isBridged = runtime.kind === "typescript" && runtime.connection === "websocket";
  const programs = await compileSteps(
    scripts,
    join(workspace.directory, "programs", "standalone", basename(directory)),
    isBridged ? openBridgeFirst : "",
  );
  return new Map([...programs].map(([{ file }, program]) => [file, program]));
}

const bridge = join(project, `runner/run/websocket-bridge${extname(import.meta.filename)}`);

/**
 * Opens the bridge to a server that is not Neon's, for a script that speaks over a WebSocket. The client
 * is imported from where the script imports it.
 */
const openBridgeFirst = [
  'import { neonConfig as guideConfig } from "@neondatabase/serverless"',
  `import { openBridge as guideBridge } from ${JSON.stringify(bridge)}`,
  "Object.assign(guideConfig, await guideBridge(process.env.DATABASE_URL ?? ''))",
  "",
].join("; ");

function launchScript({ scripts }: ReadyClient, programs: ReadonlyMap<string, string>): Launch {
  return (step) => ({
    program: process.execPath,
    arguments: [programs.get(scripts.get(step) ?? "") ?? ""],
  });
}

function launchProgram({ folder, commandLine, scripts }: ReadyClient): Launch {
  const [program = "", ...rest] = commandLine;
  const isNamed = rest.some((word) => word.includes("{step}"));
  return (step) => {
    const words = rest.map((word) => word.replaceAll("{step}", step.name));
    return {
      program,
      arguments: isNamed ? words : [...words, scripts.get(step) ?? ""],
      directory: folder.directory,
    };
  };
}

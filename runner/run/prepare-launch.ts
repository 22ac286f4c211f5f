import { basename, dirname, extname, join } from "node:path";
import { digestOf } from "../common/kept-texts.ts";
import { project } from "../common/project.ts";
import { waitForAll } from "../common/wait-for-all.ts";
import { writeWhole } from "../common/write-files.ts";
import type { Folder } from "../guide/clients.ts";
import type { Guide } from "../guide/guide.ts";
import type { Workspace } from "../workspace/workspace.ts";
import { compileSteps, type Programs, type Source } from "./compile-steps.ts";
import { openSources, type Sources, type Texts } from "./program-sources.ts";
import type { ReadyClient } from "./select-clients.ts";
import type { Launch, SessionOptions } from "./session.ts";

/**
 * Compiles the steps, and the scripts of the standalone clients.
 * @param texts what runs in place of a step's or a script's own text
 * @returns what starts a step with a client
 * @throws Failure of kind "layout" for a file that does not compile, with its line
 */
export async function prepareLaunch(
  options: SessionOptions,
  workspace: Workspace,
  texts: Texts = new Map(),
): Promise<Launch> {
  const { clients, guide, standalone } = options;
  if (guide.page) {
    return (await import("../page/launch-page.ts")).launchPage(guide, guide.page, clients);
  }
  const sources = openSources(texts);
  const isStandalone = new Set(standalone.map(({ name }) => name));
  const [launchWithDriver, ...scripts] = await waitForAll([
    // If only standalone clients run, the steps are not needed.
    clients.some((client) => !isStandalone.has(client))
      ? prepareSteps(options, workspace, sources)
      : undefined,
    ...prepareScripts(standalone, workspace, sources),
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
  sources: Sources,
): Promise<Launch> {
  const steps = [...new Set(runs.map(({ step }) => step))].filter(({ program }) => !program);
  const drivers = clients.filter((name) => !standalone.some((one) => one.name === name));
  const programs = new Map(
    await waitForAll(
      drivers.map(async (name): Promise<[string, Programs]> => {
        const directory = join(workspace.directory, "programs", "drivers", name);
        if (steps.length === 0) return [name, new Map()];
        const driver = driverNamed(guide, name);
        return [name, await compileSteps(steps, directory, "", driver, sources)];
      }),
    ),
  );

  const fileOf = writeTexts(sources, workspace);
  return (step, client) => {
    if (step.program) {
      const [program = "", ...words] = step.program;
      return { program, arguments: [...words, fileOf(step.file)] };
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

/**
 * Finds the file that a program gets: the one of the guide, or a new one with its name and the text that
 * runs in its place.
 */
function writeTexts({ texts }: Sources, { directory }: Workspace): (file: string) => string {
  return (file) => {
    const text = texts.get(file);
    if (text === undefined) return file;
    const own = join(directory, "programs", "texts", digestOf(file + text), basename(file));
    writeWhole(own, text, 0o600);
    return own;
  };
}

/** Compiles each folder once, for all clients whose scripts are in it. */
function prepareScripts(
  clients: readonly ReadyClient[],
  workspace: Workspace,
  sources: Sources,
): Promise<[string, Launch]>[] {
  const fileOf = writeTexts(sources, workspace);
  const compiled = new Map<Folder, Promise<ReadonlyMap<string, string>>>();
  return clients.map(async (client): Promise<[string, Launch]> => {
    const { folder, name } = client;
    if (folder.runtime.kind !== "typescript") return [name, launchProgram(client, fileOf)];
    const compiling = compiled.get(folder) ?? compileFolder(folder, workspace, sources);
    compiled.set(folder, compiling);
    return [name, launchScript(client, await compiling)];
  });
}

/** @returns the programs by the paths of their scripts */
async function compileFolder(
  { directory, files, runtime }: Folder,
  workspace: Workspace,
  sources: Sources,
): Promise<ReadonlyMap<string, string>> {
  const scripts = files.map((file) => ({ file, name: basename(file, ".ts") }));
  const isBridged = runtime.kind === "typescript" && runtime.connection === "websocket";
  const programs = await compileSteps(
    scripts,
    join(workspace.directory, "programs", "standalone", basename(directory)),
    isBridged ? openBridgeFirst : "",
    undefined,
    sources,
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

function launchProgram(
  { folder, commandLine, scripts }: ReadyClient,
  fileOf: (file: string) => string,
): Launch {
  const [program = "", ...rest] = commandLine;
  const isNamed = rest.some((word) => word.includes("{step}"));
  return (step) => {
    const words = rest.map((word) => word.replaceAll("{step}", step.name));
    const script = scripts.get(step) ?? "";
    const file = fileOf(script);
    return {
      program,
      arguments: isNamed ? words : [...words, file],
      directory: folder.directory,
      // Python looks for a script's imports next to the script.
      ...(file === script ? {} : { environment: { PYTHONPATH: dirname(script) } }),
    };
  };
}

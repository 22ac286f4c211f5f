import { basename, dirname, extname, join } from "node:path";
import { drivers } from "../../drivers/drivers.ts";
import { digestOf } from "../common/kept-texts.ts";
import { project } from "../common/project.ts";
import { waitForAll } from "../common/wait-for-all.ts";
import { writeWhole } from "../common/write-files.ts";
import type { Guide, Step } from "../guide/guide.ts";
import type { Workspace } from "../workspace/workspace.ts";
import { compileSteps, type Source } from "./compile-steps.ts";
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
    return (await import("../page/run/launch-page.ts")).launchPage(guide, guide.page, clients);
  }
  const prepare = openPreparation(options, workspace, openSources(texts));
  const names = [...new Set([...standalone.map(({ name }) => name), ...clients])];
  const launches = new Map(
    await waitForAll(
      names.map(async (name) => {
        const scripts = standalone.find((one) => one.name === name);
        return [name, await (scripts ? prepare.scripts(scripts) : prepare.steps(name))] as const;
      }),
    ),
  );
  return (step, client) => {
    const launch = launches.get(client);
    if (!launch) throw new Error(`${client} was not prepared.`);
    return launch(step);
  };
}

/** Prepares what starts a step with one client. */
function openPreparation(
  { guide, runs }: SessionOptions,
  { directory }: Workspace,
  sources: Sources,
) {
  const all = join(directory, "programs");
  const compiled = new Map<string, Promise<ReadonlyMap<string, string>>>();

  /**
   * Compiles files once for a folder, for all clients whose programs are in it.
   * @returns the programs by their files
   */
  function compile(folder: string, files: readonly string[], firstLine: string, driver?: Source) {
    const compileNow = async () => {
      const some = files.map((file) => ({ file, name: basename(file, ".ts") }));
      const programs = await compileSteps(some, join(all, folder), firstLine, driver, sources);
      return new Map([...programs].map(([{ file }, program]) => [file, program]));
    };
    const compiling = compiled.get(folder) ?? compileNow();
    compiled.set(folder, compiling);
    return compiling;
  }

  /** Finds the file that a program gets: the one of the guide, or a new one with its name and the text that runs in its place. */
  function fileOf(file: string): string {
    const text = sources.texts.get(file);
    if (text === undefined) return file;
    const own = join(all, "texts", digestOf(file + text), basename(file));
    writeWhole(own, text, 0o600);
    return own;
  }

  return {
    async steps(client: string) {
      const own = runs.flatMap(({ step }) => (step.program ? [] : step.file));
      const driver = driverNamed(guide, client);
      const programs = await compile(`drivers/${client}`, [...new Set(own)], "", driver);
      return ({ program: [program, ...words] = [], file }: Step) =>
        program === undefined
          ? { program: process.execPath, arguments: [programs.get(file) ?? "", "--driver", client] }
          : { program, arguments: [...words, fileOf(file)], environment: withoutDriver };
    },

    async scripts({ folder, scripts, commandLine }: ReadyClient) {
      const { directory, files, runtime } = folder;
      const scriptOf = (step: Step) => scripts.get(step) ?? "";
      if (runtime.kind === "typescript") {
        const firstLine = runtime.connection === "websocket" ? openBridgeFirst : "";
        const programs = await compile(`standalone/${basename(directory)}`, files, firstLine);
        return (step: Step) => ({
          program: process.execPath,
          arguments: [programs.get(scriptOf(step)) ?? ""],
        });
      }
      const [program = "", ...rest] = commandLine;
      const isNamed = rest.some((word) => word.includes("{step}"));
      return (step: Step) => {
        const words = rest.map((word) => word.replaceAll("{step}", step.name));
        const file = fileOf(scriptOf(step));
        // Python looks for a script's imports next to the script.
        const isMoved = file !== scriptOf(step);
        const environment = isMoved ? { PYTHONPATH: dirname(scriptOf(step)) } : {};
        return { program, arguments: isNamed ? words : [...words, file], directory, environment };
      };
    },
  };
}

/** For `step`, which would take pg. */
const withoutDriver = { GUIDE_PROGRAM: "1" };

/** @returns undefined for the client of steps that use no driver */
export function driverNamed({ ownDrivers }: Guide, name: string): Source | undefined {
  const file = join(project, "drivers", name + extname(import.meta.filename));
  const shared = Object.hasOwn(drivers, name) ? { name, file } : undefined;
  return ownDrivers.find((driver) => driver.name === name) ?? shared;
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

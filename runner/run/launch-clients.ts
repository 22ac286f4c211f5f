import { basename, join } from "node:path";
import type { Folder } from "../guide/client.ts";
import type { Step } from "../guide/guide.ts";
import type { Workspace } from "../workspace/workspace.ts";
import type { Command } from "./command.ts";
import { compileSteps } from "./compile-steps.ts";
import type { ReadyClient } from "./find-program.ts";
import { portableUrl, programEnvironment } from "./portable-url.ts";

/** Starts the script of a step. */
type LaunchScript = (step: Step, databaseUrl: string) => Command;

/**
 * Makes ready what the clients' processes need: TypeScript is compiled.
 * @throws Failure of kind "layout" for a script that does not compile, with its line
 */
export async function launchClients(
  clients: readonly ReadyClient[],
  workspace: Workspace,
): Promise<ReadonlyMap<string, LaunchScript>> {
  const folders = new Map<Folder, Promise<ReadonlyMap<string, string>>>();
  for (const { folder } of clients) {
    if (folder.runtime.kind !== "typescript" || folders.has(folder)) continue;
    folders.set(folder, compileFolder(folder, workspace));
  }
  const compiled = new Map<Folder, ReadonlyMap<string, string>>();
  for (const [folder, programs] of folders) compiled.set(folder, await programs);
  return new Map(
    clients.map((client) => [
      client.name,
      launchClient(client, compiled.get(client.folder), workspace),
    ]),
  );
}

function launchClient(
  { folder, commandLine, scripts }: ReadyClient,
  programs: ReadonlyMap<string, string> | undefined,
  workspace: Workspace,
): LaunchScript {
  return (step, databaseUrl) => {
    const script = scripts.get(step) ?? "";
    if (programs) {
      const program = programs.get(script) ?? "";
      return {
        program: process.execPath,
        arguments: ["--enable-source-maps", program],
        environment: { DATABASE_URL: portableUrl(databaseUrl) },
        directory: workspace.directory, // without an .env
      };
    }
    const [program = "", ...rest] = commandLine;
    const isNamed = rest.some((argument) => argument.includes("{step}"));
    const words = rest.map((argument) => argument.replaceAll("{step}", step.name));
    return {
      program,
      arguments: isNamed ? words : [...words, script],
      environment: {
        ...programEnvironment(databaseUrl),
        PYTHON_DOTENV_DISABLED: "1", // python-dotenv looks for .env in the folders above the script's
      },
      directory: folder.directory,
    };
  };
}

/** @returns the programs by the paths of their scripts */
async function compileFolder(
  folder: Folder,
  workspace: Workspace,
): Promise<ReadonlyMap<string, string>> {
  const scripts = folder.files.map((file) => ({ file, name: basename(file, ".ts") }));
  const place = join(workspace.directory, "programs", basename(folder.directory));
  const isBridged =
    folder.runtime.kind === "typescript" && folder.runtime.connection === "websocket";
  const prelude = isBridged ? (await import("./bridge-prelude.ts")).bridgePrelude : "";
  const programs = await compileSteps(scripts, workspace.root, place, prelude);
  return new Map([...programs].map(([{ file }, program]) => [file, program]));
}

import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Folder, ProgramRuntime, StandaloneClient, Unavailable } from "../guide/client.ts";

/** A client that can run here, with the command line that runs a script. Empty for TypeScript. */
export interface ReadyClient extends StandaloneClient {
  readonly commandLine: readonly string[];
}

const CHECK_LIMIT_MS = 20_000;

/** Finds what runs a client's scripts on this machine. */
export async function findProgram(client: StandaloneClient): Promise<ReadyClient | Unavailable> {
  const { runtime, directory } = client.folder;
  if (runtime.kind === "typescript") {
    const missing = missingPackage(client.folder);
    if (!missing) return { ...client, commandLine: [] };
    return { client: client.name, needs: `the package ${missing}`, install: "npm ci" };
  }
  for (const line of runtime.run) {
    const [program = "", ...rest] = line.split(" ");
    // Like a shell: with a slash it is a file, seen from the folder.
    const place = program.includes("/") ? join(directory, program) : program;
    const file = program.startsWith("/") ? program : place;
    if (await passes(file, runtime, directory)) return { ...client, commandLine: [file, ...rest] };
  }
  return { client: client.name, needs: runtime.needs, install: runtime.install };
}

function passes(file: string, { check }: ProgramRuntime, directory: string): Promise<boolean> {
  return new Promise((resolve) => {
    // Its timer lets this process end. That of the option "timeout" stays where there is no such file.
    const signal = AbortSignal.timeout(CHECK_LIMIT_MS);
    const child = spawn(file, check, { cwd: directory, stdio: "ignore", signal });
    child.on("error", () => resolve(false));
    child.on("close", (code) => resolve(code === 0));
  });
}

/** The first package that the folder's package.json names, and that is not installed. */
function missingPackage({ directory }: Folder): string | undefined {
  const file = join(directory, "package.json");
  if (!existsSync(file)) return undefined;
  const { dependencies = {} } = JSON.parse(readFileSync(file, "utf8"));
  return Object.keys(dependencies).find((name) => !isInstalled(name, directory));
}

function isInstalled(name: string, directory: string): boolean {
  if (existsSync(join(directory, "node_modules", name, "package.json"))) return true;
  const parent = dirname(directory);
  return parent !== directory && isInstalled(name, parent);
}

import { join } from "node:path";
import { Failure } from "../common/failure.ts";
import { isRecord, readRecord } from "../common/json.ts";
import {
  describeUnavailable,
  type Folder,
  type StandaloneClient,
  type Unavailable,
} from "../guide/clients.ts";
import type { Guide } from "../guide/guide.ts";
import { selectDrivers } from "../guide/select.ts";
import { textsOfSteps } from "../guide/step-texts.ts";
import type { Page } from "../page/page.ts";
import { directoryWith, succeeds } from "./installed.ts";
import { findReadersEnvFile } from "./readers-env-file.ts";

/** What runs the steps: the guide's drivers, and scripts from its standalone folders. */
export interface ClientSelection {
  /** The names of all of them, in their order. */
  readonly clients: readonly string[];
  readonly standalone: readonly ReadyClient[];
  /** Those that were asked for with the others, and cannot run here. */
  readonly unavailable: readonly Unavailable[];
}

/** A client that can run here, with the command line that runs a script. Empty for TypeScript. */
export interface ReadyClient extends StandaloneClient {
  readonly commandLine: readonly string[];
}

const prefix = "standalone/";

/**
 * Picks drivers and standalone clients.
 * @param wanted names from `--driver`; empty for all drivers
 * @param all whether every standalone client that can run is to run: `--standalone`
 * @throws Failure of kind "usage" for a name that is not there, or that cannot run here
 */
export async function selectClients(
  guide: Guide,
  wanted: readonly string[],
  all: boolean,
): Promise<ClientSelection> {
  if (guide.page) return selectPageClients(guide, guide.page, wanted);
  const named = wanted.filter((name) => name.startsWith(prefix));
  const others = wanted.filter((name) => !name.startsWith(prefix));
  const drivers = named.length > 0 && others.length === 0 ? [] : selectDrivers(guide, others);
  if (named.length === 0 && !all) return { clients: drivers, standalone: [], unavailable: [] };

  const { loadClients } = await import("../guide/clients.ts");
  const folders = loadClients(guide);
  const known = folders.map(({ name }) => name);
  const unknown = named.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const names = known.join(", ") || "none";
    throw new Failure("usage", `There is no "${unknown}". The standalone clients: ${names}.`);
  }
  const chosen = all ? folders : folders.filter(({ name }) => named.includes(name));
  const { standalone, unavailable } = await findReady(chosen);
  if (all && folders.length === 0) {
    const needs = `a folder of scripts, such as ${join(guide.directory, "standalone", "pg")}`;
    unavailable.push({ client: "standalone", needs, install: "" });
  }
  const missed = unavailable.find(({ client }) => named.includes(client));
  if (missed) throw new Failure("usage", describeUnavailable(missed));
  return { clients: [...drivers, ...standalone.map(({ name }) => name)], standalone, unavailable };
}

/** If a client of a page cannot run here, that is an error where it was named, or where it is the only one. */
async function selectPageClients(
  guide: Guide,
  page: Page,
  wanted: readonly string[],
): Promise<ClientSelection> {
  const { findPrograms } = await import("../page/run/page-clients.ts");
  const chosen = selectDrivers(guide, wanted);
  const found = await Promise.all(chosen.map((client) => findPrograms(guide, page, client)));
  const unavailable = found.filter((one) => "needs" in one);
  const clients = chosen.filter((name) => unavailable.every(({ client }) => client !== name));
  const [missed] = unavailable;
  if (missed && (wanted.length > 0 || clients.length === 0)) {
    throw new Failure("usage", describeUnavailable(missed));
  }
  return { clients, standalone: [], unavailable };
}

/** Finds which of some clients can run here. */
export async function findReady(clients: readonly StandaloneClient[]) {
  const found = await Promise.all(clients.map(findProgram));
  return {
    standalone: found.filter((one): one is ReadyClient => "folder" in one),
    unavailable: found.filter((one): one is Unavailable => !("folder" in one)),
  };
}

/** Finds what runs a client's scripts on this machine. */
export async function findProgram(client: StandaloneClient): Promise<ReadyClient | Unavailable> {
  const { runtime, directory, files, manifest } = client.folder;
  const texts = textsOfSteps({ directory }, [...files, manifest]);
  const envFile = findReadersEnvFile(directory, texts);
  if (envFile) {
    const needs = `a folder without the database in ${envFile}, which its scripts may use. Move that file away`;
    return { client: client.name, needs, install: "" };
  }
  if (runtime.kind === "typescript") {
    const missing = missingPackage(client.folder);
    if (!missing) return { ...client, commandLine: [] };
    return { client: client.name, needs: `the package ${missing}`, install: "npm ci" };
  }
  for (const line of runtime.run) {
    const [program = "", ...rest] = line.split(" ");
    // As in a shell, a name with a slash is a file, relative to the folder.
    const path = program.includes("/") ? join(directory, program) : program;
    const file = program.startsWith("/") ? program : path;
    const isHere = await succeeds(file, runtime.check, directory);
    if (isHere) return { ...client, commandLine: [file, ...rest] };
  }
  return { client: client.name, needs: runtime.needs, install: runtime.install };
}

/** Returns the first package that the folder's package.json names, and that is not installed. */
function missingPackage({ directory }: Folder): string | undefined {
  const { dependencies } = readRecord(join(directory, "package.json"));
  const names = isRecord(dependencies) ? Object.keys(dependencies) : [];
  return names.find((name) => directoryWith(name, directory) === undefined);
}

import { Failure } from "../common/failure.ts";
import { describeUnavailable, type Unavailable } from "../guide/client.ts";
import type { Guide } from "../guide/guide.ts";
import { selectDrivers } from "../guide/select.ts";
import type { ReadyClient } from "./find-program.ts";

/** What runs the steps: the guide's drivers, and scripts from its standalone folders. */
export interface ClientSelection {
  /** The names of all of them, in their order. */
  readonly clients: readonly string[];
  readonly standalone: readonly ReadyClient[];
  /** Those that were asked for with the others, and cannot run here. */
  readonly unavailable: readonly Unavailable[];
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
  const named = wanted.filter((name) => name.startsWith(prefix));
  const others = wanted.filter((name) => !name.startsWith(prefix));
  const drivers = named.length > 0 && others.length === 0 ? [] : selectDrivers(guide, others);
  if (named.length === 0 && !all) {
    return { clients: drivers, standalone: [], unavailable: [] };
  }

  const { loadClients } = await import("../guide/load-clients.ts");
  const { findProgram } = await import("./find-program.ts");
  const folders = loadClients(guide);
  refuseUnknown(
    named,
    folders.map(({ name }) => name),
  );
  const chosen = all ? folders : folders.filter(({ name }) => named.includes(name));
  const found = await Promise.all(chosen.map(findProgram));
  const standalone = found.filter((one): one is ReadyClient => "folder" in one);
  const unavailable = found.filter((one): one is Unavailable => !("folder" in one));
  const missed = unavailable.find(({ client }) => named.includes(client));
  if (missed) throw new Failure("usage", describeUnavailable(missed));
  return { clients: [...drivers, ...standalone.map(({ name }) => name)], standalone, unavailable };
}

function refuseUnknown(named: readonly string[], known: readonly string[]): void {
  const unknown = named.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const names = known.length > 0 ? known.join(", ") : "none";
  throw new Failure("usage", `There is no "${unknown}". The standalone clients: ${names}.`);
}

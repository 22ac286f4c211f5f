import type { ClientDatabase } from "./guide-server.ts";

/** A database that clients begin with, instead of an empty one. */
export interface Sample {
  /** Identifies its content. */
  readonly key: string;
  /** @param url of an empty database */
  fill(url: string): Promise<void>;
}

/**
 * Makes each sample database once on a server. Clients get copies.
 * @param make creates an empty database, which is dropped when the server is closed
 * @returns what gives the name of the database to copy
 */
export function openSamples(
  make: () => Promise<ClientDatabase>,
): (sample: Sample) => Promise<string> {
  const made = new Map<string, Promise<string>>();
  return (sample) => {
    const name = made.get(sample.key) ?? fillOne(make, sample);
    made.set(sample.key, name);
    return name;
  };
}

async function fillOne(make: () => Promise<ClientDatabase>, { fill }: Sample): Promise<string> {
  const { name, url } = await make();
  await fill(url);
  return name;
}

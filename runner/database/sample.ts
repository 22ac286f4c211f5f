import type { ClientDatabase } from "./guide-server.ts";

/** A database that clients begin with, instead of an empty one. */
export interface Sample {
  /** Identifies its content. */
  readonly key: string;
  /** @param url of an empty database */
  fill(url: string): Promise<void>;
}

/** What a new database begins with: a sample, or what is in the database of this name. */
export type Content = Sample | string;

/**
 * Makes each sample database once on a server. Clients get copies.
 * @param make creates an empty database, which is dropped when the server is closed
 * @returns what gives the name of the database to copy; undefined for an empty one
 */
export function openSamples(
  make: () => Promise<ClientDatabase>,
): (content: Content | undefined) => Promise<string | undefined> {
  const made = new Map<string, Promise<string>>();
  return async (content) => {
    if (content === undefined || typeof content === "string") return content;
    const name = made.get(content.key) ?? fillOne(make, content);
    made.set(content.key, name);
    return name;
  };
}

async function fillOne(make: () => Promise<ClientDatabase>, { fill }: Sample): Promise<string> {
  const { name, url } = await make();
  await fill(url);
  return name;
}

import type { StandaloneClient } from "../guide/client.ts";
import type { ClientName } from "./document.ts";

/**
 * Names clients as people say it. A driver has the name of its library's scripts, where there are any.
 * @returns takes the name of a driver, such as pg, or of a client, such as standalone/drizzle
 */
export function clientNames(clients: readonly StandaloneClient[]): (name: string) => ClientName {
  const labels = new Map(clients.map(({ name, label }) => [name, label]));
  return (name) => ({ name, title: labels.get(name) ?? labels.get(`standalone/${name}`) ?? name });
}

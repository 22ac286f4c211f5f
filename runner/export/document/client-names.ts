import type { ClientName } from "./document.ts";

/** Names of libraries, where they are not those of their folders. */
const titles: Readonly<Record<string, string>> = {
  postgres: "postgres.js",
  drizzle: "Drizzle",
  serverless: "Neon's serverless driver",
};

/** @param name of a driver, such as pg, or of a client, such as standalone/drizzle */
export function clientName(name: string): ClientName {
  const library = name.replace(/^standalone\//, "");
  return { name, title: titles[library] ?? library };
}

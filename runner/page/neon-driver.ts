import type { Place } from "../run/session.ts";

const preload = new URL("./neon-preload.mjs", import.meta.url).href;

/** The addresses of the bridges, by the connection strings of their databases. */
const bridges = new Map<string, Promise<string | undefined>>();

/**
 * Leads Neon's serverless driver to a server that is not Neon's, over HTTP and over WebSockets.
 * @returns what the process needs in its environment; nothing for a page that does not use the driver
 */
export async function neonEnvironment(
  sources: Iterable<string>,
  { environment }: Pick<Place, "environment">,
): Promise<Record<string, string>> {
  const isUsed = [...sources].some((source) => /["']@neondatabase\/serverless["']/.test(source));
  const url = environment.DATABASE_URL ?? "";
  if (!isUsed) return {};
  const opening = bridges.get(url) ?? open(url);
  bridges.set(url, opening);
  const address = await opening;
  if (address === undefined) return {};
  return { GUIDE_NEON_ADDRESS: address, NODE_OPTIONS: `--import=${preload}` };
}

/** @returns undefined for one of Neon's servers */
async function open(url: string): Promise<string | undefined> {
  const { openBridge } = await import("../run/websocket-bridge.ts");
  const { answerSql } = await import("../run/neon-http.ts");
  const settings = await openBridge(url, (request, response) => {
    answerSql(request, response, url).catch(() => response.destroy());
  });
  return settings.wsProxy?.().replace(/\/$/, "");
}

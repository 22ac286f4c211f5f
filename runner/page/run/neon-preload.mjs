// Loaded by Node.js before a page's program: leads Neon's driver to a server that is not Neon's. The program
// may load the driver by import or by require, which have settings of their own.
import { readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const address = process.env.GUIDE_NEON_ADDRESS;
const settings = {
  wsProxy: () => `${address}/`,
  fetchEndpoint: () => `http://${address}/sql`,
  useSecureWebSocket: false,
  pipelineConnect: false,
  pipelineTLS: false,
  forceDisablePgSSL: true,
};

const folder = join(process.cwd(), "node_modules/@neondatabase/serverless");
try {
  const { exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const entry = exports?.["."]?.import ?? exports?.import ?? "./index.mjs";
  const file = typeof entry === "string" ? entry : entry.default;
  const imported = await import(pathToFileURL(realpathSync(join(folder, file))).href);
  const required = createRequire(join(process.cwd(), "page.js"))("@neondatabase/serverless");
  for (const { neonConfig } of [imported, required]) {
    Object.assign(neonConfig, settings);
    neonConfig.webSocketConstructor ??= globalThis.WebSocket ?? (await import("ws")).default;
  }
} catch {
  // Another process that the program starts, such as a compiler, does not have the driver.
}

import { extname, join } from "node:path";
import { project } from "../common/project.ts";

const bridge = join(project, `runner/run/websocket-bridge${extname(import.meta.filename)}`);

/**
 * What a script that speaks over a WebSocket finds in place, on its first line: the bridge to a
 * server that is not Neon's. The client is imported from where the script imports it.
 */
export const bridgePrelude = [
  'import { neonConfig as guideConfig } from "@neondatabase/serverless"',
  `import { openBridge as guideBridge } from ${JSON.stringify(bridge)}`,
  "Object.assign(guideConfig, await guideBridge(process.env.DATABASE_URL ?? ''))",
  "",
].join("; ");

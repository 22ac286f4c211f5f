import { existsSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../runner/failure.ts";
import { openWorkspace } from "../runner/workspace/workspace.ts";
import { drawChart } from "./chart.ts";
import { writeDocument } from "./document.ts";
import { measure } from "./measure.ts";
import { parseOptions, usage } from "./options.ts";
import { root } from "./process.ts";
import { asJson, asText } from "./show.ts";

process.exitCode = await main().catch((error: unknown) => {
  if (!(error instanceof Failure)) throw error;
  console.error(error.message);
  return 2;
});

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) return print(usage);
  if (existsSync(join(root, ".env"))) {
    throw new Failure(
      "usage",
      "There is an .env file, which would take the place of the embedded server. Move it away while you measure.",
    );
  }

  // Should this process be killed, the workspace's watchdog ends the server and removes the files.
  const workspace = openWorkspace();
  try {
    const outcome = await measure(options, workspace, (text) => console.error(text));
    const text = asText(outcome);
    print(options.json ? asJson(outcome) : text);
    if (outcome.results.some(({ notVerified }) => notVerified !== null)) return 1;
    if (options.write) writeDocument(text, drawChart(outcome.results, outcome.rounds));
    return 0;
  } finally {
    workspace.close();
  }
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

import pc from "picocolors";
import { callsIn } from "../export/document/calls.ts";
import { sharedSource, statementSources } from "../export/document/driver-sources.ts";
import type { Guide, Step } from "../guide/guide.ts";
import { highlight } from "./highlight.ts";

/** The drivers' code for the calls that a step makes. */
export async function callsPage(guide: Guide, step: Step): Promise<string> {
  const calls = callsIn(step.code);
  const shared = sharedSource(guide, calls);
  const parts: string[] = [];
  if (shared) {
    parts.push(pc.bold(`${calls.map((call) => `db.${call}()`).join(", ")} in ${shared.file}`));
    parts.push(await highlight(shared.code));
  }
  for (const { driver, file, code } of statementSources(guide)) {
    parts.push(pc.bold(`${driver.title} in ${file}`), await highlight(code));
  }
  return `${parts.join("\n\n")}\n\n`;
}

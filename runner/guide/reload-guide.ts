import { Failure } from "../common/failure.ts";
import type { Guide } from "./guide.ts";
import { loadGuide } from "./load-guide.ts";

/**
 * Reads a guide anew, where it is run already: its texts may be others.
 * @throws Failure of kind "layout" where it cannot be read any more, or where what is run is something else
 */
export async function reloadGuide(guide: Guide): Promise<Guide> {
  const now = await loadGuide(guide.directory);
  if (whatIsRun(now) === whatIsRun(guide)) return now;
  throw new Failure("layout", "The guide's runs or drivers have changed. Start it again.");
}

function whatIsRun({ runs, drivers }: Guide): string {
  const all = runs.map(({ name, isSetup, step }) => [name, isSetup, step.file, step.program]);
  return JSON.stringify([drivers, all]);
}

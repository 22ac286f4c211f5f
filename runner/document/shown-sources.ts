import { Failure } from "../common/failure.ts";
import type { Document } from "./document.ts";

/**
 * Makes sure that a document shows what was run.
 * @param before the same document, made before the guide ran
 * @throws Failure of kind "layout" that names the first file that was saved since
 */
export function refuseChangedSources(document: Document, before: Document): void {
  const was = sourcesOf(before);
  for (const [file, text] of sourcesOf(document)) {
    if (was.get(file) === text) continue;
    throw new Failure("layout", `${file} changed while the guide ran. Run it again.`);
  }
}

/** What a document shows and a run depends on: the order of the runs, and the code, by its file. */
function sourcesOf({ steps, shared }: Document): Map<string, string> {
  const order = steps.flatMap(({ id, again }) => [id, ...again.map((one) => one.id)]);
  const files = [
    ...steps.flatMap(({ scripts }) => scripts.flatMap((script) => [script, ...script.imports])),
    ...(shared ? [...shared.steps, ...shared.drivers] : []),
  ];
  return new Map([
    ["steps/guide.json", order.join()],
    ...files.map(({ file, code }): [string, string] => [file, code]),
  ]);
}

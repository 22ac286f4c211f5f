import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildDocument, type RunOutput } from "../../runner/document/build-document.ts";
import type { Document } from "../../runner/document/document.ts";
import { type Guide, goldenFile } from "../../runner/guide/guide.ts";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { makeFiles } from "../support/files.ts";

const root = join(import.meta.dirname, "../..");

/** This project's own guide, with its golden files as verified outputs. */
export async function ownDocument(
  change = (_name: string, output: RunOutput): RunOutput => output,
) {
  const guide = await loadGuide(root);
  const outputs = guide.runs.map((run): [string, RunOutput] => {
    const text = readFileSync(join(root, goldenFile(run)), "utf8");
    return [run.name, change(run.name, { text, verified: true, clients: guide.drivers })];
  });
  return buildDocument(guide, new Map(outputs));
}

/** A guide in a directory of its own, which goes when the test is over. */
export function makeGuide(files: Readonly<Record<string, string>>): Promise<Guide> {
  return loadGuide(makeFiles("export-test", files).directory);
}

/** A guide of one step, which may print anything. */
export async function smallDocument(
  output: string,
  files: Readonly<Record<string, string>> = {},
): Promise<Document> {
  const guide = await makeGuide({
    "steps/guide.json": JSON.stringify({
      ...{ title: "Small <guide>", runs: ["01-only"], drivers: ["pg", "postgres"] },
    }),
    "steps/01-only.ts": "/*\n# The only step\n\nIt prints.\n*/\nconsole.log(process.argv);\n", // it may use a driver
    ...files,
  });
  const result = { text: output, verified: true, clients: guide.drivers };
  return buildDocument(guide, new Map([["01-only", result]]));
}

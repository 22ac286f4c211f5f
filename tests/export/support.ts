import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { buildDocument, type RunOutput } from "../../runner/document/build-document.ts";
import type { Document } from "../../runner/document/document.ts";
import { type Guide, goldenFile } from "../../runner/guide/guide.ts";
import { loadGuide } from "../../runner/guide/load-guide.ts";

const root = join(import.meta.dirname, "../..");

/** This project's own guide, with its golden files as verified outputs. */
export async function ownDocument(change: (name: string, output: RunOutput) => RunOutput = same) {
  const guide = await loadGuide(root);
  const outputs = guide.runs.map((run): [string, RunOutput] => {
    const text = readFileSync(join(root, goldenFile(run)), "utf8");
    return [run.name, change(run.name, { text, verified: true, clients: guide.drivers })];
  });
  return buildDocument(guide, new Map(outputs));
}

function same(_: string, output: RunOutput): RunOutput {
  return output;
}

/** A guide in a directory of its own, which goes when the test is over. */
export async function makeGuide(files: Readonly<Record<string, string>>): Promise<Guide> {
  const directory = mkdtempSync(join(tmpdir(), "export-test-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return loadGuide(directory);
}

/** A guide of one step, which may print anything. */
export async function smallDocument(
  output: string,
  files: Readonly<Record<string, string>> = {},
): Promise<Document> {
  const guide = await makeGuide({
    "steps/guide.json": JSON.stringify({ title: "Small <guide>", runs: ["01-only"] }),
    "steps/01-only.ts": "/*\n# The only step\n\nIt prints.\n*/\nconsole.log(1);\n",
    ...files,
  });
  const result = { text: output, verified: true, clients: guide.drivers };
  return buildDocument(guide, new Map([["01-only", result]]));
}

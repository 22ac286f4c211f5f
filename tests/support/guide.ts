import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** A guide's directory, which a test may change. It goes when the test is over. */
export function makeGuide(manifest: object, names = ["01-a", "02-b", "03-c"]) {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "guide-")));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), text);
  };
  write("package.json", '{ "type": "module" }');
  write("steps/guide.json", JSON.stringify({ title: "A guide", ...manifest }));
  for (const name of names) write(`steps/${name}.ts`, `/*\n# ${name}\n*/\n`);
  return { directory, write };
}

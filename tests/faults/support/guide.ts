import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { onTestFinished, type TestContext } from "vitest";
import { makeDirectory } from "../../support/files.ts";
import { root } from "./command.ts";

/** A guide with these steps. It is removed when the test is over. */
export interface TestGuide {
  readonly directory: string;
  readonly choices: readonly string[];
}

/** A step that waits until it is ended. */
export const hang = "await new Promise(() => setInterval(() => {}, 1000));";

/**
 * Makes a guide whose golden files expect what the steps print when nothing goes wrong.
 * @param steps by name: the body of a step, with a database `db`; or a whole program, marked by "raw:"
 * @param golden by run name; "done\n" by default
 * @param whenOver of the test's own context, for one that is not alone
 */
export function makeGuide(
  steps: Readonly<Record<string, string>>,
  golden: Readonly<Record<string, string>> = {},
  whenOver: TestContext["onTestFinished"] = onTestFinished,
): TestGuide {
  const directory = makeDirectory("fault-guide", whenOver);
  for (const part of ["steps", "expected"]) mkdirSync(join(directory, part));

  const drivers = pathToFileURL(join(root, "drivers")).href.replace("file://", "");
  for (const [name, body] of Object.entries(steps)) {
    const program = body.startsWith("raw:")
      ? body.slice("raw:".length)
      : `import { step } from "${drivers}/step.ts";\nawait step(async (db) => {\n${body}\nconsole.log("done");\n});`;
    writeFileSync(join(directory, "steps", `${name}.ts`), `/*\n# ${name}\n*/\n${program}\n`);
    writeFileSync(join(directory, "expected", `${name}.txt`), golden[name] ?? "done\n");
  }
  const manifest = { title: "A guide with a fault", runs: Object.keys(steps) };
  writeFileSync(join(directory, "steps", "guide.json"), JSON.stringify(manifest));
  return { directory, choices: ["--guide", directory] };
}

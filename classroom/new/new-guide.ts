import { existsSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { attempt, Failure } from "../../runner/common/failure.ts";
import { moduleFor } from "../../runner/common/project.ts";
import { loadGuide, nearestPackage } from "../../runner/guide/load-guide.ts";
import { firstIntroduction, firstManifest, firstSteps, readmeTemplate } from "./templates.ts";
import { planWorkflow } from "./workflow.ts";
import { show, writeNew } from "./write-new.ts";

/**
 * `new guide DIR`: write a small guide, and a workflow that verifies it.
 * @returns what to do next
 * @throws Failure of kind "usage" if a file exists already: nothing is replaced
 */
export async function newGuide(target: string): Promise<string> {
  const directory = resolve(target);
  const nearest = nearestPackage(directory);
  const packageDirectory = nearest ? dirname(nearest.file) : directory;
  const { command, file, text, said } = planWorkflow(directory, packageDirectory);

  const files = guideFiles(directory, command);
  if (!nearest?.isModule) {
    refuseScripts(directory);
    files.set("package.json", '{ "private": true, "type": "module" }\n');
  }
  if (nearest && packageDirectory === directory && !nearest.isModule) {
    throw new Failure(
      "usage",
      `${nearest.file} would make the steps CommonJS. Run npm pkg set type=module, and then this command again.`,
    );
  }
  if (text !== undefined) files.set(file, text);
  writeNew(new Map([...files].map(([name, content]) => [resolve(directory, name), content])));
  const guide = await loadGuide(directory);
  return `Wrote a guide of ${firstSteps.length} steps, ${show(directory)}${said}Next: run it, change its steps, and add one:
  ${guide.command} --yes
  ${guide.command} new step sort-notes
`;
}

/** A package.json that makes the guide's steps ES modules would do so to what is there already. */
function refuseScripts(directory: string): void {
  const script = findScript(directory);
  if (script === undefined) return;
  throw new Failure(
    "usage",
    `${script} is CommonJS, and a guide next to it would make it an ES module. Choose a folder of its own, such as ${show(join(directory, "guide"))}.`,
  );
}

/** Finds a script, but not in another package, or in what package managers and other tools keep. */
function findScript(directory: string): string | undefined {
  for (const entry of attempt(() => readdirSync(directory, { withFileTypes: true }), [])) {
    const path = join(directory, entry.name);
    if (!entry.isDirectory() && /\.(?:js|ts)x?$/.test(entry.name)) return path;
    const isOther =
      /^(?:node_modules$|\.)/.test(entry.name) || existsSync(join(path, "package.json"));
    const script = entry.isDirectory() && !isOther ? findScript(path) : undefined;
    if (script !== undefined) return script;
  }
  return undefined;
}

/** Contents by name, below the guide's directory. */
function guideFiles(directory: string, command: string): Map<string, string> {
  const module = moduleFor(join(directory, "steps"), "step");
  return new Map([
    ["README.md", readmeTemplate(command)],
    ["steps/guide.json", firstManifest],
    ["steps/before.md", firstIntroduction],
    ...firstSteps.flatMap(({ name, source, output }): [string, string][] => [
      [`steps/${name}.ts`, source(module)],
      [`expected/${name}.txt`, output],
    ]),
  ]);
}

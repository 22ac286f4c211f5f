import { existsSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { Failure } from "../../runner/common/failure.ts";
import { moduleFor, shellWord } from "../../runner/common/project.ts";
import { loadGuide, nearestPackage } from "../../runner/guide/load-guide.ts";
import {
  firstIntroduction,
  firstManifest,
  firstSteps,
  type PackageManager,
  readmeTemplate,
  workflowStep,
  workflowTemplate,
} from "./templates.ts";
import { show, writeNew } from "./write-new.ts";

const lockFiles: Readonly<Record<string, PackageManager>> = {
  "package-lock.json": "npm",
  "pnpm-lock.yaml": "pnpm",
  "pnpm-workspace.yaml": "pnpm",
  "yarn.lock": "yarn",
};

/**
 * `new guide DIR`: write a small guide, and a workflow that verifies it.
 * @returns what to do next
 * @throws Failure of kind "usage" if a file exists already: nothing is replaced
 */
export async function newGuide(target: string): Promise<string> {
  const directory = resolve(target);
  const nearest = nearestPackage(directory);
  // The directory in which the package is installed and called.
  const packageDirectory = nearest ? dirname(nearest.file) : directory;
  const path = relative(packageDirectory, directory).replaceAll("\\", "/");
  const command = `npx run-guide${path ? ` --guide ${shellWord(path)}` : ""}`;

  const files = guideFiles(directory, command);
  if (!nearest?.isModule) files.set("package.json", '{ "private": true, "type": "module" }\n');
  if (nearest && packageDirectory === directory && !nearest.isModule) {
    throw new Failure(
      "usage",
      `${nearest.file} would make the steps CommonJS. Run npm pkg set type=module, and then this command again.`,
    );
  }
  const repository = above(".git", packageDirectory) ?? packageDirectory;
  const workflow = join(repository, ".github", "workflows", "guide.yml");
  const isWritten = !existsSync(workflow);
  const from = relative(repository, packageDirectory).replaceAll("\\", "/") || ".";
  const manager = managerOf(packageDirectory, repository);
  if (isWritten) files.set(workflow, workflowTemplate(from, command, manager));
  writeNew(new Map([...files].map(([name, text]) => [resolve(directory, name), text])));
  const guide = await loadGuide(directory);
  const added = `${show(workflow)} exists already. To verify this guide there, add to its steps:
${workflowStep(from, command, manager)}`;
  return `Wrote a guide of ${firstSteps.length} steps, ${show(directory)}${isWritten ? `, and a workflow, ${show(workflow)}` : ""}.
${isWritten ? "" : added}Next: run it, change its steps, and add one:
  ${guide.command} --yes
  ${guide.command} new step sort-notes
`;
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

/** The package manager whose lock file is nearest, up to the repository's directory. */
function managerOf(directory: string, repository: string): PackageManager {
  const found = Object.entries(lockFiles).find(([file]) => existsSync(join(directory, file)));
  if (found) return found[1];
  return directory === repository ? "npm" : managerOf(dirname(directory), repository);
}

function above(name: string, directory: string): string | undefined {
  if (existsSync(join(directory, name))) return directory;
  const parent = dirname(directory);
  return parent === directory ? undefined : above(name, parent);
}

import { existsSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { withParents } from "../../runner/common/paths.ts";
import { commandFor, isInstalled, project, shellWord } from "../../runner/common/project.ts";
import { type PackageManager, workflowStep, workflowTemplate } from "./templates.ts";
import { show } from "./write-new.ts";

/** A workflow that verifies a guide or a page. */
export interface Workflow {
  /** What verifies it, in the directory of the package. */
  readonly command: string;
  readonly file: string;
  /** Undefined if the file is there already: nothing is replaced. */
  readonly text: string | undefined;
  /** For the author: that it was written, or what to add to the file that is there. */
  readonly said: string;
}

const lockFiles: Readonly<Record<string, PackageManager>> = {
  "package-lock.json": "npm",
  "pnpm-lock.yaml": "pnpm",
  "pnpm-workspace.yaml": "pnpm",
  "yarn.lock": "yarn",
};

/**
 * Plan the workflow of a new guide or page. A checkout of this project gets none: nothing is installed in it that a
 * workflow could call.
 * @param target absolute path of the guide's directory, or of the page
 * @param packageDirectory in which the package is installed and called
 */
export function planWorkflow(target: string, packageDirectory: string): Workflow {
  if (!isInstalled && packageDirectory === resolve(project)) {
    return { command: commandFor(target), file: "", text: undefined, said: ".\n" };
  }
  const path = relative(packageDirectory, target).replaceAll("\\", "/");
  const command = `npx run-guide${path ? ` --guide ${shellWord(path)}` : ""}`;
  const repository =
    withParents(packageDirectory).find((place) => existsSync(join(place, ".git"))) ??
    packageDirectory;
  const file = join(repository, ".github", "workflows", "guide.yml");
  const from = relative(repository, packageDirectory).replaceAll("\\", "/") || ".";
  const manager = managerOf(packageDirectory, repository);
  const isThere = existsSync(file);
  return {
    command,
    file,
    text: isThere ? undefined : workflowTemplate(from, command, manager),
    said: isThere
      ? `.\n${show(file)} exists already. To verify it there, add to its steps:\n${workflowStep(from, command, manager)}`
      : `, and a workflow, ${show(file)}.\n`,
  };
}

/** The package manager whose lock file is nearest, up to the repository's directory. */
function managerOf(directory: string, repository: string): PackageManager {
  const found = Object.entries(lockFiles).find(([file]) => existsSync(join(directory, file)));
  if (found) return found[1];
  return directory === repository ? "npm" : managerOf(dirname(directory), repository);
}

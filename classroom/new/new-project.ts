import {
  constants,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, join, resolve } from "node:path";
import { Failure } from "../../runner/common/failure.ts";
import { shellWord } from "../../runner/common/project.ts";
import { makeDirectories, writing } from "../../runner/common/write-files.ts";
import { loadClients } from "../../runner/guide/clients.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import { withoutRegions } from "../../runner/guide/step-source.ts";
import { show } from "./write-new.ts";

/** Not copied: what only the runner needs, what was installed, and the reader's own secrets. */
const notCopied = /^(standalone\.json|node_modules|\.?venv|__pycache__|\.env(?!\.example$).*)$/;

/** Files that may have the regions of exercises. */
const scripts = /\.([cm]?[jt]s|py|sh)$/;

/**
 * `new project DIR --driver NAME`: copy a folder of standalone scripts, as a project of the reader's own.
 * @param target a directory that does not exist yet, or is empty
 * @param driver such as pg, drizzle or standalone/psycopg2
 * @returns what to do next
 * @throws Failure of kind "usage"
 */
export function newProject(guide: Guide, target: string, driver: string): string {
  const directory = resolve(target);
  const source = findFolder(guide, driver);
  writing(directory, () => {
    if (existsSync(directory) && readdirSync(directory).length > 0) {
      throw new Failure(
        "usage",
        `${directory} is not empty. Choose another directory: nothing is replaced.`,
      );
    }
    copyFolder(source, directory);
  });
  const shown = show(directory);
  const first = `${guide.steps[0]?.name}`;
  const isNode = existsSync(join(directory, "package.json"));
  const explained = existsSync(join(directory, "README.md"))
    ? "  README.md says how to install and run it.\n"
    : `  Run ${first} first.\n`;
  const commands = isNode
    ? `  npm install\n  cp .env.example .env # put your connection string into it\n  npx tsx ${first}.ts\n`
    : explained;
  return `Wrote ${shown}, a project with ${basename(source)}. Next:\n  cd ${shellWord(shown)}\n${commands}`;
}

/** A link is copied as what it leads to: a project has all its files, and nothing is written through a link. */
function copyFolder(from: string, to: string): void {
  makeDirectories(to);
  for (const name of readdirSync(from).filter((one) => !notCopied.test(one))) {
    const [source, target] = [join(from, name), join(to, name)];
    if (statSync(source).isDirectory()) copyFolder(source, target);
    // As bytes: a comment may be in any encoding.
    else if (!scripts.test(name)) copyFileSync(source, target, constants.COPYFILE_EXCL);
    else {
      const text = withoutRegions(readFileSync(source, "latin1"), name);
      writeFileSync(target, text, { encoding: "latin1", flag: "wx" });
    }
  }
}

function findFolder(guide: Guide, driver: string): string {
  const folders = [...new Set(loadClients(guide).map(({ folder }) => folder.directory))];
  const wanted = driver.replace(/^standalone\//, "");
  const folder = folders.find((one) => basename(one) === wanted);
  if (folder) return folder;
  const names = folders.map((one) => basename(one)).join(", ") || "none";
  throw new Failure(
    "usage",
    `There are no standalone scripts for "${driver}". There are: ${names}.`,
  );
}

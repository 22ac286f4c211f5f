import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { onTestFinished } from "vitest";
import { type Files, filesIn } from "./files.ts";
import { root } from "./programs.ts";
import { type Project, sharedProject } from "./project.ts";

/** A guide elsewhere, run by the project that all tests share. */
export interface ShellGuide extends Files, Pick<Project, "guide" | "command" | "start"> {
  readonly directory: string;
}

const allRuns = ["01-create", "02-read", "03-update", "02-read", "04-delete", "02-read"];

/** The first two runs: enough for what says the same of any guide. */
export const fewRuns = allRuns.slice(0, 2);

/**
 * Makes a guide with the runs of the project's own, whose steps are shell scripts that print what is
 * documented. Starting one takes a twentieth of what node needs. It is for what any guide shows, whatever
 * its steps do. It goes when the test is over.
 * @param tables a table that no other guide has, unless a test is about tables: so many run in place at once
 */
export function makeShellGuide(
  runs: readonly string[] = allRuns,
  tables?: readonly string[],
): ShellGuide {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "shell_guide_")));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const files = filesIn(directory);
  files.write(
    "steps/guide.json",
    JSON.stringify({
      title: "A guide",
      runs,
      drivers: ["pg", "postgres"],
      tables: tables ?? [basename(directory)],
      programs: { sh: ["sh"] },
    }),
  );
  for (const [index, name] of runs.entries()) {
    const printed = readFileSync(join(root, `expected/${name}.txt`), "utf8");
    const isFirst = runs.indexOf(name) === index;
    files.write(`expected/${name}${isFirst ? "" : `.after-${runs[index - 1]}`}.txt`, printed);
    files.write(`steps/${name}.sh`, `cat <<'END'\n${printed}END\n`);
    files.write(`steps/${name}.md`, `# ${name}\n\nIt prints.\n`);
  }

  const { guide, command, start } = sharedProject();
  const own = ["--guide", directory];
  return {
    ...files,
    directory,
    guide: (choices = [], environment) => guide([...choices, ...own], environment),
    command: (choices = [], environment) => command([...choices, ...own], environment),
    start: (choices, environment) => start([...choices, ...own], environment),
  };
}

/** For a script: what one driver prints is not what the other prints. */
export const disagreement =
  'case "$DATABASE_URL" in *_scratch_postgres_*) echo "Printed by postgres.";; esac\n';

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Files, filesIn, makeDirectory } from "./files.ts";
import { root } from "./programs.ts";
import { given, type Project, sharedProject } from "./project.ts";

/** A guide elsewhere, run by the project that all tests share, on the suite's server. */
export interface OtherGuide extends Files, Pick<Project, "guide" | "command" | "start"> {}

/**
 * Makes a guide elsewhere. It goes when the test is over.
 * @param folder of the guide, where that is not the whole directory
 */
export function otherGuide(
  files: Readonly<Record<string, string>>,
  folder = "",
  made = filesIn(makeDirectory("other_guide")),
): OtherGuide {
  made.write("package.json", '{ "type": "module" }');
  for (const [file, text] of Object.entries(files)) made.write(file, text);
  const { guide, command, start } = sharedProject();
  const own = ["--guide", join(made.directory, folder)];
  return {
    ...made,
    guide: (choices = [], environment = given) => guide([...choices, ...own], environment),
    command: (choices = [], environment = given) => command([...choices, ...own], environment),
    start: (choices, environment = given) => start([...choices, ...own], environment),
  };
}

const allRuns = ["01-create", "02-read", "03-update", "02-read", "04-delete", "02-read"];

/** The first two runs: enough for what says the same of any guide. */
export const fewRuns = allRuns.slice(0, 2);

/**
 * Makes a guide with the runs of the project's own, whose steps are shell scripts that print what is
 * documented. Starting one takes a twentieth of what node needs. It is for what any guide shows, whatever
 * its steps do.
 */
export function makeShellGuide(runs: readonly string[] = allRuns): OtherGuide {
  const made = filesIn(makeDirectory("shell_guide"));
  const manifest = {
    ...{ title: "A guide", runs, drivers: ["pg", "postgres"] },
    programs: { sh: ["sh"] },
  };
  const files: Record<string, string> = { "steps/guide.json": JSON.stringify(manifest) };
  for (const [index, name] of runs.entries()) {
    const printed = readFileSync(join(root, `expected/${name}.txt`), "utf8");
    const isFirst = runs.indexOf(name) === index;
    files[`expected/${name}${isFirst ? "" : `.after-${runs[index - 1]}`}.txt`] = printed;
    files[`steps/${name}.sh`] = `cat <<'END'\n${printed}END\n`;
    files[`steps/${name}.md`] = `# ${name}\n\nIt prints.\n`;
  }
  return otherGuide(files, "", made);
}

/** For a script: what one driver prints is not what the other prints. */
export const disagreement =
  'case "$DATABASE_URL" in *_scratch_postgres_*) echo "Printed by postgres.";; esac\n';

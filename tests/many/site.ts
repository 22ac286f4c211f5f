import { join } from "node:path";
import type { Result } from "../support/command.ts";
import { type Files, filesIn, makeDirectory } from "../support/files.ts";
import { given, sharedProject } from "../support/project.ts";

const fence = "```";

/** A page whose table has this name, with two outputs. */
export function sqlPage(name: string, shown = name): string {
  const block = (info: string, content: string) => `${fence}${info}\n${content}\n${fence}`;
  const rows = (text: string) => block("", ` name\n------\n ${text}\n(1 row)`);
  return [
    `# About ${name}`,
    block("sql", `CREATE TABLE t (name text);\nINSERT INTO t VALUES ('${name}');`),
    block("sql", "SELECT name FROM t;"),
    rows(shown),
    block("sql", "SELECT name FROM t WHERE name IS NOT NULL;"),
    rows(name),
    "",
  ].join("\n\n");
}

/** A directory of pages. */
export interface Site extends Files {
  path(name: string): string;
  /** Runs `run-guide` with `--guide` before each of the names. */
  run(names: readonly string[], ...choices: string[]): Promise<Result>;
  runWith(
    environment: NodeJS.ProcessEnv,
    names: readonly string[],
    ...choices: string[]
  ): Promise<Result>;
}

export function makeSite(pages: Readonly<Record<string, string>>): Site {
  const directory = makeDirectory("site");
  const files = filesIn(directory);
  for (const [name, text] of Object.entries(pages)) files.write(name, text);
  const path = (name: string) => join(directory, name);
  const runWith: Site["runWith"] = (environment, names, ...choices) => {
    const guides = names.flatMap((name) => ["--guide", path(name)]);
    return sharedProject().guide([...guides, ...choices], { ...given, ...environment });
  };
  return { ...files, path, runWith, run: (names, ...choices) => runWith({}, names, ...choices) };
}

/** A site with a page for each way in which a page can end. */
export function mixedSite(): Site {
  return makeSite({
    "docs/good.md": sqlPage("Dune"),
    "docs/deep/also.mdx": sqlPage("Emma"),
    "docs/wrong.md": sqlPage("Emma", "Anna"),
    "docs/prose.md": "# Prose\n\nNothing is run here.\n",
    "docs/broken.md/text": "a directory without a guide",
  });
}

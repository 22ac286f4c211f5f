import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { project } from "../common/project.ts";
import type { Guide } from "../guide/guide.ts";
import type { Launch, Place } from "../run/session.ts";
import { refuseUndocumented } from "./load-page.ts";
import type { CommandRun, Page, PageCommand } from "./page.ts";
import { findPrograms, type PagePrograms } from "./page-clients.ts";
import { asShown } from "./page-output.ts";
import { openSqlPlayer } from "./play-sql.ts";

/** Makes ready what runs the commands of a page. A client works in a directory with the page's files. */
export async function launchPage(
  guide: Guide,
  page: Page,
  clients: readonly string[],
): Promise<Launch> {
  refuseUndocumented(guide);
  const found = new Map<string, PagePrograms>();
  for (const client of clients) {
    const one = await findPrograms(guide, page, client);
    if (one.kind === "found") found.set(client, one.programs);
  }
  const sql = openSqlPlayer(page.sqlDrivers);
  return (step, client) => {
    const run = page.runs.get(step.name);
    const programs = found.get(client);
    if (run?.kind === "sql") return { play: (place) => sql.play(run, client, place) };
    if (!run || !programs) throw new Error(`${client} was not prepared for ${step.name}.`);
    return {
      async play(place) {
        writeFiles(run, client, programs, place);
        const words = wordsOf(run.command, programs);
        const { program, modulesLink } = words;
        linkModules(place.directory, modulesLink);
        const environment = { ...variablesOf(run, place), ...place.environment };
        const outcome = await place.start({ program, arguments: words.arguments, environment });
        // A page does not show the blank lines at the ends of an output, nor blanks at the ends of lines.
        if (outcome.kind !== "skipped") {
          writeFileSync(outcome.stdoutFile, asShown(readFileSync(outcome.stdoutFile)));
        }
        return outcome;
      },
    };
  };
}

/** Writes the page's files as they are by now. A file that did not change stays as the runs left it. */
function writeFiles(
  { files, ...run }: CommandRun,
  client: string,
  _: PagePrograms,
  place: Place,
): void {
  for (const [path, content] of files.get(client) ?? []) {
    const file = join(place.directory, path);
    const isEnvironment = basename(path).startsWith(".env");
    const text = isEnvironment ? environmentFile(variablesOf({ ...run, files }, place)) : content;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

function environmentFile(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}="${value}"\n`)
    .join("");
}

/** The variables that the page sets, with the scratch database instead of the placeholders. */
function variablesOf({ variables }: CommandRun, { environment }: Place): Record<string, string> {
  const url = environment.DATABASE_URL ?? "";
  const values = [...variables].map(([name, value]) => {
    if (environment[name] !== undefined) return [name, environment[name]];
    if (/^postgres(ql)?:\/\//.test(value)) return [name, url];
    return [name, value];
  });
  return Object.fromEntries(values);
}

function wordsOf({ program, file, options, words }: PageCommand, programs: PagePrograms) {
  const rest = [...options, file, ...words];
  switch (program) {
    case "python":
      return { program: programs.python, arguments: rest, modulesLink: undefined };
    case "node":
      return { program: process.execPath, arguments: rest, modulesLink: programs.modules };
    case "tsx": {
      const tsx = join(project, "node_modules", "tsx", "dist", "cli.mjs");
      return {
        program: process.execPath,
        arguments: [tsx, ...rest],
        modulesLink: programs.modules,
      };
    }
  }
}

function linkModules(directory: string, modules: string | undefined): void {
  if (modules === undefined) return;
  try {
    symlinkSync(join(modules, "node_modules"), join(directory, "node_modules"), "junction");
  } catch {
    // it is there already
  }
}

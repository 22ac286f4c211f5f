import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, posix, sep } from "node:path";
import { unlessAborted } from "../../common/abort.ts";
import { attempt, Failure, hasCode } from "../../common/failure.ts";
import { abridge } from "../../common/secrets.ts";
import { replaceFile } from "../../common/write-files.ts";
import type { Guide } from "../../guide/guide.ts";
import type { Outcome } from "../../guide/outcome.ts";
import { mayConnect } from "../../run/connecting-programs.ts";
import type { Launch, Place } from "../../run/session.ts";
import { asShown } from "../../verify/page-lines.ts";
import { refuseUndocumented } from "../load-page.ts";
import type { ClientRun, Page, ProgramCommand } from "../page.ts";
import {
  connectionOf,
  exportedBy,
  mainUrl,
  namedVariables,
  neonEnvironment,
  redirectedWord,
  withScratchDatabase,
} from "./connection.ts";
import { install, ownPython } from "./install.ts";
import { findPrograms, type PagePrograms } from "./page-clients.ts";
import { sqlPlayerOf } from "./play-sql.ts";
import {
  asInTerminal,
  asksForInput,
  doubted,
  isServer,
  notFollowed,
  outputJoiner,
  SERVER_LIMIT_MS,
  settled,
  showsPlace,
  strictly,
  whenEnded,
} from "./run-outcomes.ts";

/** By their places: the files of pages, as they were written. A page that is read again goes on with them. */
const written = new Map<string, string>();

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
    if ("python" in one) found.set(client, one);
  }
  const sql = sqlPlayerOf(page);
  const installed = new Map<string, number>();
  const connections = new Set<string>(); // clients whose connection is reported
  const withAbove = outputJoiner();
  /** By client: names of files, and why a program that has them may find others than a reader's. */
  const changedBy = new Map<string, readonly { name: string; reason: string }[]>();

  /** What the page says to install before a run, and was not installed before another. */
  async function installMissing({ preparation: lines }: ClientRun, place: Place) {
    const { ino, birthtimeMs } = statSync(place.directory); // it may be another one of the same name
    const directory = `${place.directory} ${ino} ${birthtimeMs}`;
    const from = installed.get(directory) ?? 0;
    installed.set(directory, lines.length);
    return install(lines.slice(from), place);
  }

  return (step, client) => {
    const run = page.runs.get(step.name);
    const programs = found.get(client);
    if (run?.kind === "sql") {
      return {
        play: async (place) => {
          const played = await unlessStopped(sql.play(run, client, place), place);
          return settled(played, run, place);
        },
      };
    }
    const leftOut = (why: string) => ({ play: async (place: Place) => notFollowed(why, place) });
    if (run?.kind === "left out") return leftOut(run.reason);
    if (!run || !programs) throw new Error(`${client} was not prepared for ${step.name}.`);
    const own = run.clients.get(client);
    if (!own) return leftOut("it is for other clients.");
    if (own.refused !== undefined) return leftOut(own.refused);
    return {
      async play(place) {
        linkModules(place.directory, programs.modules);
        const connection = await connectionOf(own, place);
        const connected = { ...place, environment: connection.environment };
        const changed = writeFiles(own, connected);
        if (changed !== undefined) {
          const reason = `a program wrote ${changed}, and the page shows something else.`;
          const name = posix.basename(changed).replace(/\.\w+$/, "");
          changedBy.set(client, [...(changedBy.get(client) ?? []), { name, reason }]);
        }
        const failed = page.options.install && (await installMissing(own, place));
        if (failed) return failed;
        const made = ownPython(place.directory);
        const python = programs.python || (existsSync(made) ? made : "python3");
        const { command } = own;
        const files = own.files();
        const words = command.words.map((word) => redirectedWord(word, connected));
        const environment = {
          ...namedVariables(files.values(), connected),
          ...exportedBy(own, connected),
          ...connection.environment,
          ...mainUrl(own, connected),
          ...(await neonEnvironment(files.values(), place)),
          ...Object.fromEntries(command.variables),
        };
        const source = files.get(command.file) ?? "";
        const isEndless = isServer(command, source);
        const directory = join(place.directory, command.folder);
        if (!existsSync(directory)) {
          return notFollowed(`the folder that it runs in is not there: ${command.folder}.`, place);
        }
        const timeout = isEndless ? Math.min(place.timeout, SERVER_LIMIT_MS) : place.timeout;
        const started = commandOf({ ...command, words }, python);
        const ran = await place.start({ ...started, environment, directory }, { timeout });
        if (ran.kind === "skipped") return ran;
        writeFileSync(ran.stdoutFile, asShown(readFileSync(ran.stdoutFile)));
        const outcome = whenEnded(ran, isEndless, page);
        if (outcome.kind === "finished" && outcome.unverified !== undefined) return outcome;
        const isFirst = !connections.has(client);
        connections.add(client);
        const whole = withAbove(strictly(outcome, page), run, client, step.name, place);
        const shown = asInTerminal(whole, run, place, page.options.strict === true);
        const note = isFirst && connection.note !== undefined ? { note: connection.note } : {};
        const guess = run.guess ?? asksForInput(source) ?? showsPlace(whole, connected);
        const unverified = changedBy.get(client)?.find(({ name }) => source.includes(name))?.reason;
        if (unverified !== undefined && shown.kind === "finished") {
          return settled({ ...note, ...shown, unverified }, run, place);
        }
        const known = settled({ ...note, ...shown }, run, place);
        return doubted(known, run, guess, place);
      },
    };
  };
}

/** A statement does not end like a process when it is interrupted. Its database ends it. */
async function unlessStopped(playing: Promise<Outcome>, { signal }: Place): Promise<Outcome> {
  try {
    return await unlessAborted(playing, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    return { kind: "skipped", because: "the run was interrupted" };
  }
}

/**
 * Writes the page's files as they are by now. A file that is not shown again since the client's run before stays as
 * the runs left it.
 * @returns a file that the page shows otherwise than a run has left it
 */
function writeFiles(run: ClientRun, place: Place): string | undefined {
  const files = run.files();
  const connects = mayConnect(files.values());
  const shown = run.newFiles();
  let changed: string | undefined;
  for (const [path, text] of files) {
    const file = join(place.directory, path);
    const content = withScratchDatabase(path, text, place, connects);
    if (!shown.has(path) && existsSync(file)) continue;
    const left = attempt(() => readFileSync(file, "utf8"), undefined);
    const before = written.get(file);
    const isOfRun = left !== undefined && left !== before && content !== before;
    if (isOfRun && !byManagers.test(path) && !isAlike(left, content)) changed ??= path;
    writeFile(file, path, content, place.directory);
    written.set(file, content);
  }
  return changed;
}

/** What a page prepares with writes into them. */
const byManagers =
  /(?:^|\/)(?:(?:package(?:-lock)?|tsconfig)\.json|pyproject\.toml|requirements\.txt)$/;

/** A page may lay out JSON in its own way. */
function isAlike(one: string, other: string): boolean {
  return one.replace(/\s+/g, "") === other.replace(/\s+/g, "");
}

/** What a page gets wrong about a name: a file below a file, a name that is too long. */
const nameErrors = ["ENOTDIR", "EEXIST", "EISDIR", "ENAMETOOLONG", "EINVAL"];
/** Characters of a path in a message. */
const PATH_SHOWN = 100;

/** @throws Failure of kind "layout" for a name under which no file can be written */
function writeFile(file: string, path: string, text: string, directory: string): void {
  try {
    refuseOutside(file, path, directory);
    mkdirSync(dirname(file), { recursive: true });
    // A hard link that a program made leads out of the directory, too.
    if ((statSync(file, { throwIfNoEntry: false })?.nlink ?? 1) > 1) replaceFile(file, text);
    else writeFileSync(file, text);
  } catch (error) {
    const code = nameErrors.find((one) => hasCode(error, one));
    if (code === undefined) throw error;
    throw new Failure(
      "layout",
      `The page has a file ${abridge(path, PATH_SHOWN)}, which cannot be written: ${code}.`,
    );
  }
}

/** A link may lead out of the directory: node_modules is one, and what ran before may have made others. */
function refuseOutside(file: string, path: string, directory: string): void {
  let existing = file;
  while (!lstatSync(existing, { throwIfNoEntry: false })) existing = dirname(existing);
  const top = realpathSync(directory);
  const target = existsSync(existing) ? realpathSync(existing) : "";
  if (target === top || target.startsWith(top + sep)) return;
  throw new Failure(
    "layout",
    `The page has a file ${path}, which is not below the directory of its files. It was not written.`,
  );
}

function commandOf({ program, file, folder, options, words }: ProgramCommand, python: string) {
  const rest = [...options, posix.relative(folder, file), ...words];
  if (program === "python") return { program: python, arguments: rest };
  const tsx = program === "tsx" ? [createRequire(import.meta.url).resolve("tsx/cli")] : [];
  return { program: process.execPath, arguments: [...tsx, ...rest] };
}

function linkModules(directory: string, modules: string | undefined): void {
  const link = join(directory, "node_modules");
  if (modules === undefined || lstatSync(link, { throwIfNoEntry: false })) return;
  symlinkSync(modules, link, "junction");
}

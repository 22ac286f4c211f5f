import { basename } from "node:path/posix";
import { mayConnect } from "../../run/connecting-programs.ts";
import { hostInWords } from "../../run/hardcoded-hosts.ts";
import { hardcodedPlace, isConfiguration } from "../../run/redirect-connections.ts";
import { environmentIn } from "../classify/block-shapes.ts";
import { isQuoteOf, type Unplaced } from "../classify/file-sentence.ts";
import type { ClientRun, PageCommand } from "../page.ts";
import type { EditRequest } from "../read/edit-requests.ts";
import { openShellVariables, type System } from "../shell/shell-variables.ts";
import { openFileSearch } from "./file-search.ts";
import { esModule, watchModuleType } from "./module-type.ts";
import { openProgramPlaces } from "./program-places.ts";

/** libpq sends them to the server, or psql reads them. */
const ofPsql = /^(?:PGOPTIONS|PGTZ|PGDATESTYLE|PGCLIENTENCODING|PGSERVICE|PSQLRC)$/;

/** What may have changed files, and does not name them: a block, or the text. */
interface Doubt {
  /** Why, in part of a sentence with the name of a file behind it. */
  readonly reason: string;
  /** Of the block. */
  readonly content?: string;
  readonly paths: Set<string>;
  /** The files that the client has run by then: the page shows what an older version prints. */
  readonly run: ReadonlySet<string>;
}

export type ReaderState = ReturnType<typeof openReaderState>;

/** What a reader has by a line of the page who follows it with one client: its files, and what is installed. */
export function openReaderState() {
  const filesReached = openFileSearch();
  /** By the contents of files: what they connect to that is not the scratch database. */
  const places = new Map<string, string>();
  /** In their order. A run keeps how many there were, and not the files: both may be thousands. */
  const changes: (readonly [path: string, content: string])[] = [];
  /** How many of them the last run has. */
  let taken = 0;
  /** Why a file is not known any more. */
  const lost = new Map<string, string>();
  let doubts: Doubt[] = [];
  /** The files of the commands that were run, by what makes a command the same. */
  const commands = new Map<string, string>();
  let preparation: readonly string[] = [];
  const placesOfPrograms = openProgramPlaces();
  const moduleType = watchModuleType();
  const textOf = (path: string) => changes.findLast(([one]) => one === path)?.[1];
  const shell = openShellVariables(textOf);

  function change(path: string, content: string): void {
    changes.push([path, content]);
    const place = hardcodedPlace(path, content);
    if (place !== undefined) places.set(content, place);
  }

  function setFile(path: string, content: string): void {
    change(path, content);
    moduleType.noteFile(path);
    lost.delete(path);
    doubts = doubts.filter((one) => one.content === undefined || !isQuoteOf(one.content, content));
    for (const { paths } of doubts) paths.delete(path);
  }

  /** What a command connects to, or one of the files that it may read. */
  function placeOf(text: string): string | undefined {
    if (places.size === 0) return undefined;
    const files = new Map(changes);
    const used = filesReached(text, files);
    const read = [...files].filter(([path]) => used.has(path) || isConfiguration(path));
    const contents = read.map(([, content]) => content);
    if (!mayConnect(contents)) return undefined;
    return contents.map((content) => places.get(content)).find((place) => place !== undefined);
  }

  /**
   * Why a command cannot be followed, or only what it prints as the page shows it counts. Any program may use a file
   * that is not known.
   */
  function doubtsOf(
    text: string,
    variables: ReadonlyMap<string, string>,
  ): { lost?: string | undefined; guess?: string | undefined } {
    const files = new Map(changes);
    const used = filesReached(text, files);
    const read = [...files].flatMap(([path, content]) => (used.has(path) ? [content] : []));
    const gone = [...lost].find(
      ([path]) => files.has(path) || read.some((content) => names(content, path)),
    );
    const programs = [...used].flatMap((path) =>
      basename(path).startsWith(".env") ? [] : (files.get(path) ?? []),
    );
    const isUnknown = gone?.[1] ?? shell.doubtOf(programs, variables, text);
    if (isUnknown !== undefined) return { lost: isUnknown };
    const place = placeOf(text);
    return place === undefined ? fileDoubts(used) : { lost: connectsTo(place) };
  }

  /** Why a program does not use the first database that a program has used. */
  function otherDatabase(text: string, file: string): string | undefined {
    const files = new Map(changes);
    const used = filesReached(`${text} ${file}`, files);
    const programs = [...files].filter(([path]) => {
      return used.has(path) && !basename(path).startsWith(".env");
    });
    const given = [...text.matchAll(/--env-file(?:-if-exists)?[= ](\S+)/g)].map(([, path = ""]) => {
      return environmentIn(files.get(path.replace(/^\.\//, "")) ?? "") ?? new Map<string, string>();
    });
    const all = [shell.take().variables, ...given].flatMap((some) => [...some]);
    return placesOfPrograms(new Map(programs), new Map(all));
  }

  /** Why the files that a command uses may be others by now. */
  function fileDoubts(used: ReadonlySet<string>): {
    lost?: string | undefined;
    guess?: string | undefined;
  } {
    const reasonIn = (isRun: boolean) => {
      for (const { reason, paths, run } of doubts) {
        const path = [...paths].find((one) => used.has(one) && run.has(one) === isRun);
        if (path !== undefined) return `${reason} ${path}.`;
      }
      return undefined;
    };
    return { lost: reasonIn(true), guess: reasonIn(false) };
  }

  /** The files as they are by now. @param isRun false for a run that is not followed: it writes none of them */
  function takeFiles(isRun = true): Pick<ClientRun, "files" | "newFiles"> {
    const [before, count] = [taken, changes.length];
    if (isRun) taken = count;
    return {
      files: () => new Map(changes.slice(0, count)),
      newFiles: () => new Map(changes.slice(before, count)),
    };
  }

  return {
    setFile,
    setVariables: shell.setShown,
    /** Note the text above commands, which may be for another terminal. */
    enterShell: shell.enter,
    /** What the shell says of where psql connects. */
    placeOfPsql(): ReadonlyMap<string, string> {
      const { variables, exported } = shell.take();
      return new Map(
        [...variables].filter(
          ([name]) => exported.has(name) && /^PG(?:DATABASE|HOST|USER)$/.test(name),
        ),
      );
    },
    /** The name of a variable that changes what psql prints, and that the page has set. */
    settingOfPsql: () => [...shell.take().exported].find((name) => ofPsql.test(name)),
    textOf,
    takeFiles,
    isEmpty: () => changes.length === 0,
    addToFile: (path: string, content: string) => change(path, (textOf(path) ?? "") + content),

    /**
     * Note a file that is not known any more: the page changes a part of it.
     * @param reason why what runs later cannot be verified: a sentence
     */
    lose(path: string, reason: string): void {
      lost.set(path, reason);
      moduleType.noteFile(path);
    },

    /** Note what the page says between its blocks, or in one that is not a file. */
    readText: moduleType.readText,

    /**
     * Note a block that names no file: it may change each one that it fits, unless one has it word for word.
     * @param line of the block, from 1
     */
    noteUnplaced({ content, fits }: Unplaced, line: number): void {
      const files = new Map(changes);
      if ([...files.values()].some((text) => isQuoteOf(content, text))) return;
      const run = filesReached([...commands.keys()].join("\n"), files);
      const paths = [...files].flatMap(([path, text]) => (fits(path, text) ? [path] : []));
      const reason = `the block in line ${line} may change`;
      doubts.push({ reason, content, paths: new Set(paths), run });
    },

    /** Note what may change any file. */
    noteChange(reason: string): void {
      const paths = new Set(changes.map(([path]) => path));
      doubts.push({ reason, paths, run: paths });
    },

    /**
     * Note a text above a command that may ask to change its file. It counts if the command was run before, or if the
     * sentence that asks for an edit has the file's name or some of its code.
     */
    noteEdit(reason: string, command: PageCommand, { isSure, code }: EditRequest): void {
      const { file } = command;
      const isAgain = commands.has(keyOf(command));
      const isOfFile = code.some((one) => one === file || one === basename(file));
      const content = textOf(file) ?? "";
      const isNamed = isOfFile || code.some((one) => content.includes(one));
      if (!isAgain && !isNamed) return;
      const wasRun = isAgain || (isOfFile && [...commands.values()].includes(file));
      const run = new Set(isSure && wasRun ? [file] : []);
      doubts.push({ reason, paths: new Set([file]), run });
    },

    /** Begin to send the SQL of a file. */
    send(command: PageCommand): { lost?: string | undefined; guess?: string | undefined } {
      commands.set(keyOf(command), command.file);
      const gone = lost.get(command.file);
      return gone === undefined ? fileDoubts(new Set([command.file])) : { lost: gone };
    },

    /** Puts files in the place of psql's `\i`. */
    withFiles(sql: string): string {
      return sql.replace(/^\\(?:i|ir|include)\s+'?([^\s']+)'?\s*$/gm, (command, path: string) => {
        return textOf(path.replace(/^(\.\/)+/, "")) ?? command;
      });
    },

    /** @param lines commands that prepare */
    prepare(lines: readonly string[], system: System): void {
      preparation = [...preparation, ...lines];
      for (const line of lines) {
        shell.read(line, system);
        moduleType.prepare(line, textOf("package.json"));
      }
      if (lines.some((line) => esModule.test(line))) {
        setFile("package.json", '{ "type": "module" }\n');
      }
    },

    /** Note a command that is not run. */
    readUnrun: shell.readUnrun,

    /** Begin a run of a command. */
    run(command: ClientRun["command"]): ClientRun & { readonly guess: string | undefined } {
      const { text, file, words } = command;
      const host = hostInWords(words);
      const { lost, guess } = doubtsOf(`${text} ${file}`, command.variables);
      const used = filesReached(`${text} ${file}`, new Map(changes));
      const isOther = moduleType.doubtOf(
        command,
        [...new Map(changes)].filter(([path]) => used.has(path)),
      );
      const refused = lost ?? (host && connectsTo(host)) ?? otherDatabase(text, file) ?? isOther;
      commands.set(keyOf(command), file);
      const files = takeFiles(refused === undefined);
      return { command, refused, guess, ...files, ...shell.take(), preparation };
    },
  };
}

/** True for a text with the name of a file. One without an ending is a name in quotes. */
function names(text: string, path: string): boolean {
  const isSure =
    path.includes(".") || ["'", '"', "`"].some((one) => text.includes(`${path}${one}`));
  return isSure && text.includes(path);
}

/** Two commands are the same if they do the same with a file, however it is written. */
function keyOf({ file, options, words }: PageCommand): string {
  return [file, ...options, ...words].join(" ");
}

function connectsTo(place: string): string {
  return `it connects somewhere else (${place}).`;
}

import { basename } from "node:path/posix";
import { isQuoteOf, type Unplaced } from "./file-sentence.ts";
import { isConfiguration, mayConnect, redirect } from "./own-places.ts";
import type { CommandRun } from "./page.ts";

/** Makes the files of the directory ES modules. */
const esModule = /^npm (pkg set type=["']?module|init .*(--init-type[= ]module|\bes6\b))/;

/** It puts the variables of a file into the shell: `source .env`, `export $(cat .env)`. */
const readsFile = /^(?:source|\.|export|set)\s.*\.env/;

interface Change {
  readonly path: string;
  readonly own: readonly string[];
  readonly content: string;
}

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

export type Desk = ReturnType<typeof openDesk>;

/** What the readers of a page have by a line of it: for each client its files, and what it installed. */
export function openDesk(clients: readonly string[]) {
  const filesReached = openFileSearch();
  /** By the contents of files: what they connect to that is not the scratch database. */
  const places = new Map<string, string>();
  /** In their order. A run keeps how many there were, and not the files: both may be thousands. */
  const changes: Change[] = [];
  /** By client: how many of them its last run has. */
  const taken = new Map<string, number>();
  /** By client: why a file is not known any more. */
  const parts = new Map(clients.map((client) => [client, new Map<string, string>()]));
  const doubts = new Map(clients.map((client) => [client, [] as Doubt[]]));
  const commands = new Map(clients.map((client) => [client, new Set<string>()]));
  const preparation = new Map(clients.map((client) => [client, [] as string[]]));
  const variables = new Map(clients.map((client) => [client, new Map<string, string>()]));
  /** Those that are in a client's shell, and not only in a file. */
  const exported = new Map(clients.map((client) => [client, new Set<string>()]));

  function change(one: Change): void {
    changes.push(one);
    const { place } = redirect(one.path, one.content, {});
    if (place !== undefined) places.set(one.content, place);
  }

  function setFile(path: string, own: readonly string[], content: string): void {
    change({ path, own, content });
    for (const client of own) {
      parts.get(client)?.delete(path);
      const left =
        doubts
          .get(client)
          ?.filter(({ content: part }) => part === undefined || !isQuoteOf(part, content)) ?? [];
      for (const { paths } of left) paths.delete(path);
      doubts.set(client, left);
    }
  }

  const filesOf = (client: string) =>
    new Map(changes.flatMap((one) => (one.own.includes(client) ? [[one.path, one.content]] : [])));

  /** Runs keep the maps as they are by then. */
  function setVariables(
    all: ReadonlyMap<string, string>,
    own: readonly string[],
    isExported = true,
  ): void {
    for (const client of own) {
      variables.set(client, new Map([...(variables.get(client) ?? []), ...all]));
      if (isExported) for (const name of all.keys()) exported.get(client)?.add(name);
    }
  }

  /** What a command of a client connects to, or one of the files that it may read. */
  function placeOf(client: string, text: string): string | undefined {
    if (places.size === 0) return undefined;
    const files = filesOf(client);
    const used = filesReached(text, files);
    const read = [...files].filter(([path]) => used.has(path) || isConfiguration(path));
    const contents = read.map(([, content]) => content);
    if (!mayConnect(contents)) return undefined;
    return contents.map((content) => places.get(content)).find((place) => place !== undefined);
  }

  const textOf = (path: string, client = "") =>
    changes.findLast((one) => one.path === path && one.own.includes(client))?.content;

  return {
    setFile,
    textOf,

    addToFile(path: string, own: readonly string[], content: string): void {
      for (const client of own) {
        change({ path, own: [client], content: (textOf(path, client) ?? "") + content });
      }
    },

    /**
     * Note a file that is not known any more: the page changes a part of it.
     * @param reason why what runs later cannot be verified: a sentence
     */
    lose(path: string, own: readonly string[], reason: string): void {
      for (const client of own) parts.get(client)?.set(path, reason);
    },

    /**
     * Note a block that names no file: it may change each one that it fits, unless one has it word for word.
     * @param line of the block, from 1
     */
    noteUnplaced({ content, fits }: Unplaced, own: readonly string[], line: number): void {
      for (const client of own) {
        const files = filesOf(client);
        if ([...files.values()].some((text) => isQuoteOf(content, text))) continue;
        const run = filesReached([...(commands.get(client) ?? [])].join("\n"), files);
        const paths = [...files].flatMap(([path, text]) => (fits(path, text) ? [path] : []));
        const reason = `the block in line ${line} may change`;
        doubts.get(client)?.push({ reason, content, paths: new Set(paths), run });
      }
    },

    /**
     * Note what may change a file.
     * @param path undefined for all that there are
     * @param command counts only for the clients that have run it, if it is given
     */
    noteChange(own: readonly string[], reason: string, path?: string, command?: string): void {
      for (const client of own) {
        if (command !== undefined && !commands.get(client)?.has(command)) continue;
        const paths = path === undefined ? [...filesOf(client).keys()] : [path];
        doubts.get(client)?.push({ reason, paths: new Set(paths), run: new Set(paths) });
      }
    },

    /** Note that a client runs a command. */
    noteCommand(client: string, text: string): void {
      commands.get(client)?.add(text);
    },

    /**
     * Why a command of a client cannot be followed, or only what it prints as the page shows it counts. Any program
     * may use a file that is not known.
     */
    doubtsOf(
      client: string,
      text: string,
    ): { lost?: string | undefined; guess?: string | undefined } {
      const lost = [...(parts.get(client) ?? [])].find(
        ([path]) => textOf(path, client) !== undefined,
      );
      if (lost) return { lost: lost[1] };
      const place = placeOf(client, text);
      if (place !== undefined) return { lost: `it connects to a place of its own (${place}).` };
      const all = doubts.get(client) ?? [];
      if (all.length === 0) return {};
      const used = filesReached(text, filesOf(client));
      const reasonIn = (isRun: boolean) => {
        for (const { reason, paths, run } of all) {
          const path = [...paths].find((one) => used.has(one) && run.has(one) === isRun);
          if (path !== undefined) return `${reason} ${path}.`;
        }
        return undefined;
      };
      return { lost: reasonIn(true), guess: reasonIn(false) };
    },

    isEmpty: () => changes.length === 0,

    /** Puts files in the place of psql's `\i`. */
    withFiles(sql: string, client = ""): string {
      return sql.replace(/^\\(?:i|ir|include)\s+'?([^\s']+)'?\s*$/gm, (command, path: string) => {
        return textOf(path.replace(/^(\.\/)+/, ""), client) ?? command;
      });
    },

    setVariables,

    /** @param lines commands that prepare */
    prepare(lines: readonly string[], own: readonly string[]): void {
      for (const client of own) preparation.get(client)?.push(...lines);
      for (const line of lines) {
        const [, name, value] = /^export\s+(\w+)=["']?([^"']*)["']?$/.exec(line) ?? [];
        if (name !== undefined && value !== undefined) setVariables(new Map([[name, value]]), own);
        const gone = /^unset\s+(\w+)/.exec(line)?.[1] ?? "";
        for (const client of own) {
          exported.get(client)?.delete(gone);
          if (readsFile.test(line)) setVariables(variables.get(client) ?? new Map(), [client]);
        }
      }
      if (lines.some((line) => esModule.test(line))) {
        setFile("package.json", own, '{ "type": "module" }\n');
      }
    },

    /**
     * As it is by now, for a run.
     * @param own the clients that run it
     */
    now(
      own: readonly string[],
    ): Pick<CommandRun, "filesOf" | "before" | "variables" | "exported" | "preparation"> {
      const before = new Map(own.map((client) => [client, taken.get(client) ?? 0]));
      const count = changes.length;
      for (const client of own) taken.set(client, count);
      const prepared = [...preparation].map(([client, all]) => [client, [...all]] as const);
      return {
        filesOf: (client, from = 0) =>
          new Map(
            changes
              .slice(from, count)
              .flatMap(({ own, path, content }) => (own.includes(client) ? [[path, content]] : [])),
          ),
        ...{ before, variables: new Map(variables), preparation: new Map(prepared) },
        exported: new Map([...exported].map(([client, names]) => [client, new Set(names)])),
      };
    },
  };
}

/** What other files call a file: its name without an ending, or that of the package which it is. */
function nameOf(path: string): string {
  const name =
    basename(path)
      .split(".")
      .find((part) => part !== "") ?? "";
  const isOfPackage = /^(?:index|__init__|__main__)$/.test(name) && path.includes("/");
  return isOfPackage ? basename(path.replace(/\/[^/]*$/, "")) : name;
}

/** Looks for files by their names. What it has read is kept: a page has the same file at many runs. */
function openFileSearch() {
  const words = new Map<string, ReadonlySet<string>>();
  const wordsOf = (text: string): ReadonlySet<string> => {
    const known = words.get(text) ?? new Set(text.match(/[\w$-]+/g));
    words.set(text, known);
    return known;
  };

  /**
   * Finds the files that a command may use: those whose names it has, and those that they name.
   * @param command or several of them
   * @param files the texts of a client's files, by their paths
   */
  return (command: string, files: ReadonlyMap<string, string>): Set<string> => {
    const reached = new Set<string>();
    const texts = [command];
    for (let text = texts.pop(); text !== undefined; text = texts.pop()) {
      const named = wordsOf(text);
      for (const [path, content] of files) {
        if (reached.has(path) || !named.has(nameOf(path))) continue;
        reached.add(path);
        texts.push(content);
      }
    }
    return reached;
  };
}

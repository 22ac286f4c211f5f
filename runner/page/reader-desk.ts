import type { CommandRun } from "./page.ts";

/** Makes the files of the directory ES modules. */
const esModule = /^npm (pkg set type=["']?module|init .*(--init-type[= ]module|\bes6\b))/;

interface Change {
  readonly path: string;
  readonly own: readonly string[];
  readonly content: string;
}

export type Desk = ReturnType<typeof openDesk>;

/** What the readers of a page have by a line of it: for each client its files, and what it installed. */
export function openDesk(clients: readonly string[]) {
  /** In their order. A run keeps how many there were, and not the files: both may be thousands. */
  const changes: Change[] = [];
  /** By client: how many of them its last run has. */
  const taken = new Map<string, number>();
  /** By client: why a file is not known any more. */
  const parts = new Map(clients.map((client) => [client, new Map<string, string>()]));
  const preparation = new Map(clients.map((client) => [client, [] as string[]]));
  const variables = new Map(clients.map((client) => [client, new Map<string, string>()]));

  function setFile(path: string, own: readonly string[], content: string): void {
    changes.push({ path, own, content });
    for (const client of own) parts.get(client)?.delete(path);
  }

  /** Runs keep the maps as they are by then. */
  function setVariables(all: ReadonlyMap<string, string>, own: readonly string[]): void {
    for (const client of own) {
      variables.set(client, new Map([...(variables.get(client) ?? []), ...all]));
    }
  }

  const textOf = (path: string, client = "") =>
    changes.findLast((one) => one.path === path && one.own.includes(client))?.content;

  return {
    setFile,
    textOf,

    addToFile(path: string, own: readonly string[], content: string): void {
      for (const client of own) {
        changes.push({ path, own: [client], content: (textOf(path, client) ?? "") + content });
      }
    },

    /**
     * Note a file that is not known any more: the page changes a part of it.
     * @param reason why what runs later cannot be verified: a sentence
     */
    lose(path: string, own: readonly string[], reason: string): void {
      for (const client of own) parts.get(client)?.set(path, reason);
    },

    /** @returns why a file of a client is not known: any program may use it */
    lost: (client: string) =>
      [...(parts.get(client) ?? [])].find(([path]) => textOf(path, client) !== undefined)?.[1],

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
    ): Pick<CommandRun, "filesOf" | "before" | "variables" | "preparation"> {
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
      };
    },
  };
}

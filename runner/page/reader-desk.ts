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
  const files = new Map(clients.map((client) => [client, new Map<string, string>()]));
  const parts = new Map(clients.map((client) => [client, new Set<string>()]));
  const preparation = new Map(clients.map((client) => [client, [] as string[]]));
  const variables = new Map<string, string>();

  function write(path: string, own: readonly string[], content: string): void {
    changes.push({ path, own, content });
    for (const client of own) files.get(client)?.set(path, content);
  }

  function setFile(path: string, own: readonly string[], content: string): void {
    write(path, own, content);
    for (const client of own) parts.get(client)?.delete(path);
  }

  const textOf = (path: string, client = "") => files.get(client)?.get(path) ?? "";

  return {
    setFile,
    textOf,

    addToFile(path: string, own: readonly string[], content: string): void {
      for (const client of own) write(path, [client], textOf(path, client) + content);
    },

    /** The page changes a part of a file: it is not known any more. */
    addPart(path: string, own: readonly string[]): void {
      for (const client of own) parts.get(client)?.add(path);
    },

    hasPart: (path: string, own: readonly string[]) =>
      own.some((client) => parts.get(client)?.has(path)),

    /** Puts files in the place of psql's `\i`. */
    withFiles(sql: string, client = ""): string {
      return sql.replace(/^\\(?:i|ir|include)\s+'?([^\s']+)'?\s*$/gm, (command, path: string) => {
        return files.get(client)?.get(path.replace(/^(\.\/)+/, "")) ?? command;
      });
    },

    setVariables(all: ReadonlyMap<string, string>): void {
      for (const [name, value] of all) variables.set(name, value);
    },

    /** @param lines commands that prepare */
    prepare(lines: readonly string[], own: readonly string[]): void {
      for (const client of own) preparation.get(client)?.push(...lines);
      for (const line of lines) {
        const [, name, value] = /^export\s+(\w+)=["']?([^"']*)["']?$/.exec(line) ?? [];
        if (name !== undefined && value !== undefined) variables.set(name, value);
      }
      if (lines.some((line) => esModule.test(line))) {
        setFile("package.json", own, '{ "type": "module" }\n');
      }
    },

    /** As it is by now, for a run. */
    now(): Pick<CommandRun, "filesOf" | "variables" | "preparation"> {
      const count = changes.length;
      const prepared = [...preparation].map(([client, all]) => [client, [...all]] as const);
      return {
        filesOf: (client) =>
          new Map(
            changes
              .slice(0, count)
              .flatMap(({ own, path, content }) => (own.includes(client) ? [[path, content]] : [])),
          ),
        variables: new Map(variables),
        preparation: new Map(prepared),
      };
    },
  };
}

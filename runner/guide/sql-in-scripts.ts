import type { Guide } from "./guide.ts";

/** What makes, removes or empties tables and views in SQL, and their names, as a script in any language may have it in a string. */
const name = /(?:\\?"[^"\\]+\\?"|:\\?["']?\w+\\?["']?|[\p{L}\p{N}_$.]+)/u.source;
const gap = /(?:\s|\\[nrt]|--[^\n]*?(?:\n|\\n)|\/\*[\s\S]*?\*\/)+/.source;
const ofOne = `(?:only${gap})?${name}(?:\\s*\\*)?`;
const names = `${ofOne}(?:\\s*,\\s*${ofOne})*`;
const made = `(?:create${gap}(?:or${gap}replace${gap})?(?:unlogged${gap}|recursive${gap})?|drop${gap})(?:(?:foreign${gap})?table|(?:materialized${gap})?view)${gap}(?:if${gap}(?:not${gap})?exists${gap})?`;
// Without TABLE, only the end of a statement tells it from an English sentence.
const end = `(?:${gap}(?:restart|continue|cascade|restrict)\\b|(?:${gap})?(?:[;"'\`\\\\]|$))`;
const emptied = `truncate${gap}(?:table${gap}|(?=${names}${end}))`;
const statement = new RegExp(`\\b(?:${made}|${emptied})(${names})`, "giu");
const aroundName = new RegExp(`^\\s*(?:only${gap})?|\\s*\\*?\\s*$`, "gi");

const lost = new RegExp(
  `\\b(?:(?:drop|alter)${gap}(?<kind>database)|drop${gap}(?:role|user))${gap}(?:if${gap}exists${gap})?(?<name>${name})`,
  "giu",
);
/** PostgreSQL's programs for the same. */
const lostInShell = /\bdrop(?<kind>db|user)\s+(?:-\S+\s+)*["']?(?<name>[\w-]+)/g;
/** psql leaves for another database. */
const left = new RegExp(`^\\s*\\\\c(?:onnect)?\\s+(?<name>${name})`, "gimu");

/** As SQL reads a name, which a script may have in a string. */
function plainName(one: string): string {
  return /^:?\\?"/.test(one) ? one.replaceAll(/[\\"]/g, "") : one.toLowerCase();
}

/** What a script drops, changes or leaves for, outside of its own database. */
export interface Lost {
  readonly kind: "database" | "role";
  readonly name: string;
}

/** Finds only what is written out in the script. */
export function lostThings(code: string): Lost[] {
  const find = (pattern: RegExp, kindOf: (kind: string | undefined) => Lost["kind"]) =>
    [...code.matchAll(pattern)].map(({ groups }): Lost => {
      return { kind: kindOf(groups?.kind), name: plainName(groups?.name ?? "") };
    });
  return [
    ...find(lost, (kind) => (kind ? "database" : "role")),
    ...find(lostInShell, (kind) => (kind === "db" ? "database" : "role")),
    ...find(left, () => "database"),
  ];
}

/**
 * Finds a table or view that a step makes, removes or empties, and that `tables` in `guide.json` does not name: in a database of
 * the reader's, it would not be known for the guide's. Finds only what is written out in the step itself.
 */
export function unnamedTable({ steps, tables }: Pick<Guide, "steps" | "tables">) {
  const known = new Set(tables.flatMap((table) => [table, table.toLowerCase()]));
  for (const { file, code } of steps) {
    const found = [...code.matchAll(statement)].flatMap(([, names = ""]) => names.split(","));
    const table = found
      .map((one) => one.replace(aroundName, ""))
      .map(plainName)
      .find((one) => !known.has(one) && !known.has(one.split(".").at(-1) ?? ""));
    if (table !== undefined) return { file, table };
  }
  return undefined;
}

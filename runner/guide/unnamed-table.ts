import type { Guide } from "./guide.ts";

/** What makes, removes or empties tables and views in SQL, and their names, as a script in any language may have it in a string. */
const name = /(?:\\?"[^"\\]+\\?"|[\w$.]+)/.source;
const gap = /(?:\s|\\[nrt])+/.source;
const names = `${name}(?:\\s*,\\s*${name})*`;
const made = `(?:create${gap}(?:or${gap}replace${gap})?(?:unlogged${gap})?|drop${gap})(?:table|(?:materialized${gap})?view)${gap}(?:if${gap}(?:not${gap})?exists${gap})?`;
// Without TABLE, only the end of a statement tells it from an English sentence.
const end = `(?:${gap}(?:restart|continue|cascade|restrict)\\b|\\s*(?:[;"'\`\\\\]|$))`;
const emptied = `truncate${gap}(?:table${gap}(?:only${gap})?|(?:only${gap})?(?=${names}${end}))`;
const statement = new RegExp(`\\b(?:${made}|${emptied})(${names})`, "gi");

/**
 * Finds a table or view that a step makes, removes or empties, and that `tables` in `guide.json` does not name: in a database of
 * the reader's, it would not be known for the guide's. Finds only what is written out in the step itself.
 */
export function unnamedTable({ steps, tables }: Pick<Guide, "steps" | "tables">) {
  const known = new Set(tables.flatMap((table) => [table, table.toLowerCase()]));
  for (const { file, code } of steps) {
    const found = [...code.matchAll(statement)].flatMap(([, names = ""]) => names.split(","));
    const table = found
      .map((one) => one.trim())
      .map((one) => (/^\\?"/.test(one) ? one.replaceAll(/[\\"]/g, "") : one.toLowerCase()))
      .find((one) => !known.has(one) && !known.has(one.split(".").at(-1) ?? ""));
    if (table !== undefined) return { file, table };
  }
  return undefined;
}

import type { Guide } from "./guide.ts";

/** What makes or removes tables in SQL, and their names, as a script in any language may have it in a string. */
const name = /(?:\\?"[^"\\]+\\?"|[\w$.]+)/.source;
const gap = /(?:\s|\\[nrt])+/.source;
const statement = new RegExp(
  `\\b(?:create|drop|truncate)${gap}table${gap}(?:if${gap}(?:not${gap})?exists${gap})?(${name}(?:\\s*,\\s*${name})*)`,
  "gi",
);

/**
 * Finds a table that a step makes or removes, and that `tables` in `guide.json` does not name: in a database of
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

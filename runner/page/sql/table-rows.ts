import { matchOutput } from "./compare-output.ts";
import type { BlockContext } from "./explain-difference.ts";
import { withoutStrings } from "./volatile-statement.ts";

const name = '((?:"[^"]+"|[\\w$]+)(?:\\.(?:"[^"]+"|[\\w$]+))?)';
const changed = new RegExp(
  `\\b(?:insert\\s+into|update|delete\\s+from|merge\\s+into|create\\s+(?:\\w+\\s+)?table|alter\\s+table)\\s+(?:if\\s+(?:not\\s+)?exists\\s+)?(?:only\\s+)?${name}`,
  "gi",
);
/** A name that the text above the output has as code. */
const mentioned = /`([A-Za-z_][\w$.]*)`/g;
const MOST_TABLES = 5;
const MOST_ROWS = 500;

/**
 * Find a table whose rows a page shows where no query asks for them: one that the block above has changed, or that
 * the text between them names.
 * @returns its name; undefined if the page shows the rows of none
 */
export async function tableShown(
  documented: string,
  { results, prose, display, probe }: BlockContext,
): Promise<string | undefined> {
  if (!documented.includes("|") && !documented.includes("---")) return undefined;
  const fromSql = results.flatMap(({ statement, error }) =>
    error ? [] : [...withoutStrings(statement).matchAll(changed)],
  );
  const names = [...fromSql, ...prose.matchAll(mentioned)].map(([, name = ""]) => name);
  for (const table of [...new Set(names.reverse())].slice(0, MOST_TABLES)) {
    const found = await probe(`SELECT to_regclass('${table.replaceAll("'", "''")}')`);
    if (found.rows[0]?.[0] == null) continue;
    const rows = await probe(`SELECT * FROM ${table} LIMIT ${MOST_ROWS}`);
    if (!rows.error && rows.rows.length > 0 && matchOutput(documented, [rows], display)) {
      return table;
    }
  }
  return undefined;
}

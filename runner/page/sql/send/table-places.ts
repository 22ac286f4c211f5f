import { changedBy } from "../explain/doubts.ts";
import { word } from "../parse/volatile-columns.ts";
import type { SqlResult } from "../sql-result.ts";

export type TablePlaces = ReturnType<typeof openTablePlaces>;

/** Remembers which tables, and the like, a page has made in which database: here, they are all in one. */
export function openTablePlaces() {
  const places = new Map<string, string>();

  return {
    note({ statement, error }: SqlResult, database: string | undefined): void {
      if (error || database === undefined) return;
      const makes = /^\s*CREATE\b/i.test(statement);
      for (const name of changedBy(statement)) {
        if (makes || !places.has(name)) places.set(name, database);
      }
    },

    /** @returns why a statement does not find what it names in a database, in a sentence */
    elsewhere({ statement }: SqlResult, database: string | undefined): string | undefined {
      if (database === undefined || places.size === 0) return undefined;
      for (const name of statement.toLowerCase().match(word) ?? []) {
        const place = places.get(name);
        if (place !== undefined && place !== database) {
          return `the page has made ${name} in another database than ${database || "the first one"}.`;
        }
      }
      return undefined;
    },
  };
}

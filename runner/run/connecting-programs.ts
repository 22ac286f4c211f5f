import { mayImport } from "../common/imports.ts";

/** Programs of PostgreSQL that connect to a server, as libpq does. */
export const libpqPrograms =
  "(?:psql|pgcli|pgbench|pg_(?:dump(?:all)?|restore|basebackup|isready)|(?:vacuum|reindex|cluster)db|(?:create|drop)(?:db|user))\\b";

/** Of Python's own modules, those that connect to nothing. */
const harmless =
  "(?:__future__|argparse|collections|configparser|contextlib|csv|dataclasses|datetime|decimal|enum|functools|getpass|io|itertools|json|logging|math|os|pathlib|random|re|string|sys|textwrap|time|typing|urllib|uuid)\\b";
const connecting = new RegExp(
  [
    `\\b${libpqPrograms}`,
    "\\b(?:net|child_process|subprocess|socket)\\b",
    mayImport.source,
    `^[ \\t]*(?:from|import)[ \\t]+(?!${harmless})\\w(?!.*\\bfrom\\s*["'])`,
  ].join("|"),
  "m",
);

/** True if a program of these sources may connect to a database. Others only have the text of such a place. */
export function mayConnect(sources: Iterable<string>): boolean {
  return [...sources].some((source) => connecting.test(source));
}

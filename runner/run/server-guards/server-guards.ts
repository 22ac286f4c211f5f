import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";

const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url));
/** The path may have blanks, and backslashes. */
const preload = `--require=${JSON.stringify(pathOf("./node.cjs"))}`;
const folder = pathOf("./python");

type Variables = Readonly<Record<string, string>>;

/**
 * Returns the variables that keep the programs of a step from PostgreSQL servers other than the run's: those of
 * Node.js, and those of Python that use psycopg2, psycopg or asyncpg. Other programs do not read them.
 * @param own the step's variables
 * @param ofDatabase the variables of its database
 */
export function serverGuards(own: Variables, ofDatabase: Variables): Variables {
  const joined = (separator: string, ...words: (string | undefined)[]) =>
    words.filter(Boolean).join(separator);
  return {
    GUIDE_SERVER: `${ofDatabase.PGHOST} ${ofDatabase.PGPORT}`,
    NODE_OPTIONS: joined(" ", preload, own.NODE_OPTIONS),
    PYTHONPATH: joined(delimiter, folder, own.PYTHONPATH),
  };
}

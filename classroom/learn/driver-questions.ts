import type { Driver, Value } from "../../drivers/driver.ts";
import { drivers } from "../../drivers/drivers.ts";
import { connect } from "../../runner/connection/connect.ts";
import { chosenDriver } from "../../runner/connection/step-settings.ts";

// `learn` runs this with a learner's driver, and with the guide's: each line says what a driver does, as JSON.

/** What is asked, and in whose words it differs. */
const questions: readonly (readonly [what: string, statement: string, values?: Value[]])[] = [
  ["a text with a quote as a value", "SELECT $1::text AS name", ["O'Brien"]],
  // A $1 between quotes is a text, and not a parameter.
  ["a value next to the SQL", "SELECT '$1' AS text, $1::text AS value", ["a"]],
  [
    "null, JSON and dates as values",
    "SELECT $1::text AS nothing, $2::jsonb AS json, $3::date AS day, $4::timestamptz AS moment",
    [null, '{"a": [1]}', "2026-02-28", new Date("2026-02-28T08:30:00Z")],
  ],
  [
    "lists, numbers and a year before Christ as values",
    "SELECT $1::text[] AS texts, $2::float8::text AS zero, $3::timestamptz AS moment",
    [[["a,b", null]], -0, new Date("-000043-03-15T12:00:00Z")],
  ],
  ["a CREATE TABLE", "CREATE TEMP TABLE asked (id INT)"],
  ["an INSERT of three rows", "INSERT INTO asked SELECT generate_series(1, 3)"],
  ["an UPDATE of no row", "UPDATE asked SET id = id WHERE id > $1", [3]],
  ["an UPDATE of two rows", "UPDATE asked SET id = id WHERE id > $1", [1]],
];

/** Options that change what the server answers: pg takes them as they are, and postgres.js in `connection`. */
const limits = {
  statement_timeout: 54321,
  lock_timeout: 4321,
  idle_in_transaction_session_timeout: 65432,
};
const limitsNow = Object.keys(limits).map((name) => `current_setting('${name}') AS ${name}`);

/** postgres.js begins to count with a connection, and opens another one when the time is over. */
const LIFETIME_MS = 25 * 60_000;
let hasLifetime = false;
globalThis.setTimeout = new Proxy(globalThis.setTimeout, {
  apply(start, self, words) {
    hasLifetime ||= words[1] > LIFETIME_MS;
    return Reflect.apply(start, self, words);
  },
});

const { load } = await chosenDriver("", drivers);
const driver = await load();
let areRead = false;
const watching: Driver = {
  connect(url, options = {}) {
    const ownKeys = (target: object) => {
      areRead = true;
      return Reflect.ownKeys(target);
    };
    return driver.connect(url, new Proxy(options, { ownKeys }));
  },
};
const withMore = (more: object): Driver => ({
  connect: (url, options) => driver.connect(url, { ...options, ...more }),
});
const say = (what: string, answer: unknown) => console.log(JSON.stringify([what, answer]));

async function ask(by: Driver, asked: typeof questions): Promise<void> {
  const db = await connect(by, process.env.DATABASE_URL ?? "");
  for (const [what, statement, values] of asked) {
    try {
      const { rows, count, command } = await db.query(statement, values);
      say(what, { rows, count, command });
    } catch (error) {
      say(what, error instanceof Error && { error: error.message });
    }
  }
  await db.close();
}

await ask(watching, questions);
say("the options that connect gets", areRead ? "are given to the library" : "are not used");
say("a connection of an hour", hasLifetime ? "is replaced by another one" : "stays the same");
const limited = [["limits among the options of connect", `SELECT ${limitsNow}`]] as const;
// pg has another use for `connection`, and a pooler may refuse all of them.
for (const more of [limits, { connection: limits }])
  await ask(withMore(more), limited).catch(() => {});

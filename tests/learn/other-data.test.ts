import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, inject, test, vi } from "vitest";
import { withCopy } from "../../classroom/learn/check-course.ts";
import { loadCourse } from "../../classroom/learn/course.ts";
import { solutionOf } from "../../classroom/learn/exercise-files.ts";
import { wholeVerdict } from "../../classroom/learn/learn-page.ts";
import { loadGuide } from "../../runner/guide/load-guide.ts";

const root = join(import.meta.dirname, "../..");

beforeAll(() => void vi.stubEnv("DATABASE_URL", inject("databaseUrl")));
afterAll(() => void vi.unstubAllEnvs());

/** A text of the solution, what is there instead, and a part of what is said to it. */
type Answer = readonly [solution: string | RegExp, own: string, said: string];

const noBook = "With no rows in the tables, your script ends without an error.";
const right = "✓ Right.";

/** What is right with the guide's own rows. */
const answers: Readonly<Record<string, readonly Answer[]>> = {
  "pg/01-create": [
    ["title VARCHAR(255) NOT NULL", "title VARCHAR(255) NOT NULL UNIQUE", "UNIQUE (title)"],
    ["publication_year INT", "publication_year INT CHECK (publication_year > 1000)", "not asked"],
    ["id SERIAL PRIMARY KEY,", "id SERIAL, CONSTRAINT known_by PRIMARY KEY (id),", right],
  ],
  "pg/03-update": [
    ["rowCount } = await", "count: rowCount } = await", noBook],
    [/const \{ rowCount \} = (await[^;]*);/, "$1; const rowCount: number = 1;", noBook],
    [
      /"UPDATE[^[]*\[[^\]]*\]/,
      '"UPDATE books SET in_stock = true WHERE in_stock = false"',
      "books",
    ],
    [/"UPDATE[^[]*\[[^\]]*\]/, '"UPDATE books SET in_stock = true WHERE id = 4"', "an error"],
    [/"UPDATE[^[]*\[[^\]]*\]/, `"UPDATE books SET in_stock = true WHERE title = 'Dune'"`, right],
    ["title = $2", "title = $2 AND NOT in_stock", right],
    [/const \{ rowCount \} = (await[^;]*);/, "const rowCount = ($1).rowCount ?? 0;", right],
  ],
  "pg/04-delete": [["{ rowCount } =", "{ count: rowCount } =", noBook]],
  "pg/02-read": [
    ["ORDER BY publication_year", "ORDER BY publication_year LIMIT 4", "something else"],
    ["id, title, author, publication_year, in_stock FROM", "* FROM", right],
  ],
  "postgres/03-update": [["const { count } =", "const count: unknown =", noBook]],
  "postgres/04-delete": [["const { count } =", "const [count] =", noBook]],
  "drizzle/03-update": [[/\s+\.returning\([^)]*\)/, "", noBook]],
  "drizzle/04-delete": [[".returning({ id: books.id })", "", noBook]],
  "steps/03-update": [["{ count: changed }", "{ rowCount: changed }", noBook]],
  "examples/orders/steps/05-orders": [
    ["::jsonb ORDER BY id", "::jsonb", "something else"],
    [" ORDER BY id`", " ORDER BY details->'items'->0->>'title' DESC, 1`", right],
  ],
  "examples/orders/steps/06-thousands": [
    [" AT TIME ZONE 'UTC'", "", "another time zone"],
    ["to_char(placed_at AT TIME ZONE 'UTC'", "to_char(timezone('UTC', placed_at)", right],
  ],
  "examples/orders/steps/02-balances": [["sum(balance)", "70.00", "something else"]],
  "examples/errors/pg/05-quotes": [
    [
      /= await client\.query\("SELECT \$1[^;]*;/,
      '= { rows: [{ name: "O\'Brien" }] };',
      "of row is",
    ],
    [
      /const \{\s*rows: \[row\],\s*\} = (await client\.query\("SELECT \$1[^;]*);/,
      'const answer = $1; const name = "O\'Brien"; const row = { ...{ name } };',
      "of row is",
    ],
    [
      /const \{\s*rows: \[row\],\s*\} = (await client\.query\("SELECT \$1[^;]*);/,
      "let row: { name: string } = { name: '' }; row = ($1).rows[0];",
      right,
    ],
  ],
  "examples/errors/pg/07-types": [
    ["joined AT TIME ZONE 'Asia/Tokyo'", "joined + interval '1 day'", "other times"],
    ["(SELECT sum(fee) FROM library_members)", "30.20", "something else"],
  ],
  "driver/pg": [
    ["last.rowCount ?? 0", "1", "a CREATE TABLE"],
    ["...options,", "...{ ...options, lock_timeout: undefined },", "limits among the options"],
    [", command: last.command }", ", command: 'SELECT' }", "a CREATE TABLE"],
    ["valueTexts(values)", "values as unknown[]", "a year before Christ"],
    [
      "client.query(statement, valueTexts(values),",
      `client.query(statement.replace(/\\$(\\d)/g, (_, n) => "'" + String(values[n - 1]).replaceAll("'", "''") + "'"),`,
      "a value next to the SQL",
    ],
  ],
  "driver/postgres": [
    ["max_lifetime: null,", "", "a connection of an hour"],
    ["...options,", "...{ ...options, connection: undefined },", "limits among the options"],
    ["...options,", "", "the options that connect gets"],
    [", valueTexts(values)", ", values as never[]", "as values"],
  ],
};

test.each([...new Set(Object.keys(answers).map(dirname))])(
  "an answer in the course %s is right only if it does what the solution does with other data, too",
  { timeout: 600_000 }, // on a machine that does other work
  async (path) => {
    const guide = path.includes("/") ? dirname(path) : "";
    const course = await loadCourse(
      await loadGuide(join(root, guide)),
      path.slice(guide.length && guide.length + 1),
    );
    const context = { note: () => {}, signal: new AbortController().signal };
    await withCopy(course, { timeout: 30 }, context, async (attempts, copy) => {
      for (const exercise of copy.exercises) {
        const own = answers[join(guide, exercise.name)] ?? [];
        const whole = solutionOf(exercise);
        for (const [solution, text, said] of [["", "", right] as const, ...own]) {
          const changed = whole.replace(solution, text);
          if (solution !== "") expect(changed, exercise.name).not.toBe(whole);
          writeFileSync(exercise.file, changed);
          const attempt = await attempts.run(exercise, context.signal);
          expect(wholeVerdict(attempt, copy, exercise), `${exercise.name}: ${text}`).toContain(
            said,
          );
        }
      }
    });
  },
);

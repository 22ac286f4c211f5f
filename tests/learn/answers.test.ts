import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test, vi } from "vitest";
import { findUnawaited } from "../../classroom/learn/awaits.ts";
import { solutionOf } from "../../classroom/learn/exercise-files.ts";
import { readCourses } from "../../runner/guide/exercises.ts";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { answerKey } from "../../tools/teaching/answer-key.ts";
import { handout, handoutPage } from "../../tools/teaching/handout.ts";
import {
  answeredCourses,
  type JudgedAnswer,
  judgeAnswers,
} from "../../tools/teaching/judge-answers.ts";

const root = join(import.meta.dirname, "../..");

beforeAll(() => void vi.stubEnv("DATABASE_URL", inject("databaseUrl")));
afterAll(() => void vi.unstubAllEnvs());

/** A text of the solution, what is there instead, and a part of what is said to it. */
type OtherAnswer = readonly [solution: string | RegExp, own: string, said: string];

const noBook = "With no rows in the tables, your script ends without an error.";
const right = "✓ Right.";

/** What prints what it should, and is wrong all the same, and what is right in another way. */
const otherAnswers: Readonly<Record<string, readonly OtherAnswer[]>> = {
  "pg/01-create": [
    ["title VARCHAR(255) NOT NULL", "title VARCHAR(255) NOT NULL UNIQUE", "UNIQUE (title)"],
    [
      "publication_year INT",
      "publication_year INT CHECK (publication_year > 1000)",
      "an extra CHECK",
    ],
    ["id SERIAL PRIMARY KEY,", "id SERIAL, CONSTRAINT known_by PRIMARY KEY (id),", right],
  ],
  "pg/03-update": [
    ["rowCount } = await", "count: rowCount } = await", noBook],
    [
      /const \{ rowCount \} = (await[^;]*);/,
      "$1; const rowCount: number = 1;",
      "value of rowCount",
    ],
    [
      /"UPDATE[^[]*\[[^\]]*\]/,
      '"UPDATE books SET in_stock = true WHERE in_stock = false"',
      "the rows of books",
    ],
    [/"UPDATE[^[]*\[[^\]]*\]/, '"UPDATE books SET in_stock = true WHERE id = 4"', "an error"],
    [/"UPDATE[^[]*\[[^\]]*\]/, `"UPDATE books SET in_stock = true WHERE title = 'Dune'"`, right],
    ["title = $2", "title = $2 AND author = 'Frank Herbert'", right],
    ["title = $2", "title = $2 AND NOT in_stock", right],
    [/const \{ rowCount \} = (await[^;]*);/, "const rowCount = ($1).rowCount ?? 0;", right],
  ],
  "pg/04-delete": [
    ["{ rowCount } =", "{ count: rowCount } =", noBook],
    ['title = $1", ["1984"]', 'author = $1", ["George Orwell"]', "books has"],
    ["title = $1", "title = $1 AND author IS NOT NULL", right],
  ],
  "pg/02-read": [
    ["ORDER BY publication_year", "ORDER BY publication_year LIMIT 4", "output differs"],
    ["id, title, author, publication_year, in_stock FROM", "* FROM", right],
  ],
  "postgres/03-update": [["const { count } =", "const count: unknown =", noBook]],
  "postgres/04-delete": [["const { count } =", "const [count] =", noBook]],
  "drizzle/03-update": [[/\s+\.returning\([^)]*\)/, "", noBook]],
  "drizzle/04-delete": [[".returning({ id: books.id })", "", noBook]],
  "steps/03-update": [["{ count: changed }", "{ rowCount: changed }", noBook]],
  "examples/orders/steps/05-orders": [
    ["::jsonb ORDER BY id", "::jsonb", "output differs"],
    [" ORDER BY id`", " ORDER BY details->'items'->0->>'title' DESC, 1`", right],
  ],
  "examples/orders/steps/06-thousands": [
    [" AT TIME ZONE 'UTC'", "", "another time zone"],
    [" ORDER BY month", "", "output differs"],
    ["to_char(placed_at AT TIME ZONE 'UTC'", "to_char(timezone('UTC', placed_at)", right],
  ],
  "examples/orders/steps/03-transfer": [
    [
      /\$\{await balance\(db\)\}(?=\.`\);\n {4}await)/,
      "$${(20 + Number(amount)).toFixed(2)}",
      "output differs",
    ],
  ],
  "examples/orders/steps/02-balances": [
    ["sum(balance)", "70.00", "output differs"],
    ["count(phone) AS", "count(DISTINCT phone) AS", "output differs"],
  ],
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
  "examples/errors/pg/04-rollback": [
    ['await client.query("COMMIT");', "", "the rows of library_members"],
    ['await client.query("COMMIT");', 'await client.query("END");', right],
  ],
  "examples/errors/pg/06-pool": [
    ["WHERE name = 'Ann'\");\n  client", 'WHERE fee = 20.10");\n  client', "output differs"],
  ],
  "examples/errors/pg/07-types": [
    ["joined AT TIME ZONE 'Asia/Tokyo'", "joined + interval '1 day'", "other numbers and times"],
    ["SELECT visits,", "SELECT '9007199254740993' AS visits,", "output differs"],
    ["(SELECT sum(fee) FROM library_members)", "30.20", "output differs"],
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

const courseOf = (exercise: string) => exercise.replace(/\/[^/]+$/, "");
const courses = new Set([...answeredCourses, ...Object.keys(otherAnswers).map(courseOf)]);

/** What docs/answer-key.md says. */
const documented: JudgedAnswer[] = [];

test.each([...courses])(
  "every answer in the course %s gets its verdict",
  { timeout: 900_000 }, // sixty answers of pg, each with its types, on a machine that does other work
  async (name) => {
    const said = new Map<string, string>();
    const judged = await judgeAnswers(name, (exercise) =>
      (otherAnswers[exercise] ?? []).map(([from, to, part]) => {
        const what = `${exercise}: ${from} => ${to}`;
        said.set(what, part);
        return [what, from, to];
      }),
    );
    expect(judged.map(({ what }) => what)).toEqual(expect.arrayContaining([...said.keys()]));
    for (const { what, text } of judged) expect(text, what).toMatch(/^[✗✓]/m);
    for (const { what, text } of judged) expect(text, what).toContain(said.get(what) ?? "");
    documented.push(...judged.filter(({ what }) => !said.has(what)));
  },
);

test("the answer key and the handout are what npx tsx tools/teaching/write.ts writes", async () => {
  const written = (name: string) => readFileSync(join(root, "docs", name), "utf8");
  expect(await answerKey(documented)).toBe(written("answer-key.md"));
  expect(await handout()).toBe(written("handout.md"));
  expect(await handoutPage(written("handout.md"))).toBe(written("handout.html"));
});

test("no solution of this project has a query that nothing waits for", async () => {
  const guides = ["", "examples/orders", "examples/errors"].map((path) =>
    loadGuide(join(root, path)),
  );
  for (const guide of await Promise.all(guides)) {
    for (const exercise of readCourses(guide).flatMap(({ exercises }) => exercises)) {
      expect(findUnawaited(solutionOf(exercise)), exercise.name).toBeUndefined();
    }
  }
});

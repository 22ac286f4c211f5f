import type { Attempt } from "../../classroom/learn/attempt.ts";

/** A common answer to an exercise, and what the learner has to read. */
export interface Answer {
  /** What a learner did, for the name of the test. */
  readonly what: string;
  readonly exercise: string;
  /** Texts of the solution, and what the learner wrote instead. Empty for an output that is printed by heart. */
  readonly changes: readonly (readonly [solution: string, own: string])[];
  readonly verdict: Attempt["kind"];
  /** In what the learner reads. */
  readonly says: string;
}

const whereDune = `WHERE title = $2", [
    true,
    "Dune",
  ]`;

/** A template of JavaScript's, which the linter would take for a mistake in a text. */
const dollar = (text: string) => text.replace(/\{(?! count)/, () => ["$", "{"].join(""));

/** Most of them are wrong. */
export const answers: readonly Answer[] = [
  {
    what: "an UPDATE without WHERE",
    exercise: "pg/03-update",
    changes: [[whereDune, `", [true]`]],
    verdict: "wrong effect",
    says: "Your script changed 4 rows of books; the solution changes 1. Does a WHERE say which rows?",
  },
  {
    what: "an UPDATE that was never written",
    exercise: "pg/03-update",
    changes: [
      [
        "UPDATE books SET in_stock = $1 WHERE title = $2",
        "SELECT FROM books WHERE $1 AND title = $2",
      ],
    ],
    verdict: "wrong effect",
    says: "Your script changed no row of books; the solution changes 1.",
  },
  {
    what: "a DELETE and an INSERT instead of an UPDATE",
    exercise: "pg/03-update",
    changes: [
      [
        `UPDATE books SET in_stock = $1 ${whereDune}`,
        `WITH gone AS (DELETE FROM books WHERE title = $1 RETURNING *) INSERT INTO books SELECT id, title, author, publication_year, true FROM gone", ["Dune"]`,
      ],
    ],
    verdict: "wrong effect",
    says: "Your script inserted 1 row into books; the solution inserts none.",
  },
  {
    what: "a DELETE without WHERE",
    exercise: "pg/04-delete",
    changes: [[' WHERE title = $1", ["1984"]', '"']],
    verdict: "wrong effect",
    says: "Your script deleted 4 rows from books; the solution deletes 1.",
  },
  {
    what: "rows that are printed by heart",
    exercise: "pg/02-read",
    changes: [],
    verdict: "wrong effect",
    says: "Your script did not ask the database: what it prints has to come from there.",
  },
  {
    what: "a title that may be NULL",
    exercise: "pg/01-create",
    changes: [["title VARCHAR(255) NOT NULL", "title VARCHAR(255)"]],
    verdict: "wrong effect",
    says: "books.title may be NULL in your table. It should be NOT NULL.",
  },
  {
    what: "a year as text",
    exercise: "pg/01-create",
    changes: [["publication_year INT", "publication_year TEXT"]],
    verdict: "wrong effect",
    says: "books.publication_year is text in your table. It should be integer.",
  },
  {
    what: "no default",
    exercise: "pg/01-create",
    changes: [[" DEFAULT TRUE", ""]],
    verdict: "wrong effect",
    says: "books.in_stock should have a default: true.",
  },
  {
    what: "another year",
    exercise: "pg/01-create",
    changes: [["1965", "1956"]],
    verdict: "wrong effect",
    says: '-{"title": "Dune", "author": "Frank Herbert", "in_stock": false, "publication_year": 1965}\n+',
  },
  {
    what: "a CREATE TABLE that nothing waits for",
    exercise: "pg/01-create",
    changes: [["await client.query(`CREATE", "client.query(`CREATE"]],
    verdict: "unawaited",
    says: "✗ Not yet: Nothing waits for client.query(…): the script goes on before the answer is there. Write await before it. (exercises/",
  },
  {
    what: "a CREATE TABLE that nothing waits for, where the steps' driver keeps the order",
    exercise: "steps/01-create",
    changes: [["await db.query(`\n      CREATE", "db.query(`\n      CREATE"]],
    verdict: "unawaited",
    says: "Nothing waits for db.query(…)",
  },
  {
    what: "a CREATE TABLE of postgres.js that is never sent",
    exercise: "postgres/01-create",
    changes: [["await sql`CREATE", "sql`CREATE"]],
    verdict: "unawaited",
    says: "Nothing waits for sql`…`",
  },
  {
    what: "an INSERT of Drizzle that is never sent",
    exercise: "drizzle/01-create",
    changes: [
      [
        "const inserted = await tx.insert(books).values(more).returning({ id: books.id });",
        "tx.insert(books).values(more);\nconst inserted = more;",
      ],
    ],
    verdict: "unawaited",
    says: "Nothing waits for tx.insert.values(…)",
  },
  {
    what: "a misspelt type",
    exercise: "pg/01-create",
    changes: [["title VARCHAR(255)", "title VARCHR(255)"]],
    verdict: "wrong",
    says: "There is no type varchr. Did you mean varchar?",
  },
  {
    what: "forEach with an async function",
    exercise: "pg/01-create",
    changes: [
      [
        "for (const book of more) await client.query(insert, book);",
        "more.forEach(async (book) => {\n    await client.query(insert, book);\n  });",
      ],
    ],
    verdict: "unawaited",
    says: "forEach does not wait for an async function",
  },
  {
    what: "rows of a promise",
    exercise: "pg/02-read",
    changes: [["const { rows } = await client", "const { rows } = client"]],
    verdict: "unawaited",
    says: "Nothing waits for client.query(…)",
  },
  {
    what: "a client that is not closed",
    exercise: "pg/03-update",
    changes: [["await client.end();", ""]],
    verdict: "wrong",
    says: "✗ Not yet: it printed everything, and then kept a connection open. Close it at the end, with await client.end().",
  },
  {
    what: "postgres.js that is not closed",
    exercise: "postgres/03-update",
    changes: [["await sql.end();", ""]],
    verdict: "wrong",
    says: "it printed everything, and then kept a connection open",
  },
  {
    what: "double quotes around a value",
    exercise: "postgres/03-update",
    changes: [[dollar('title = {"Dune"}'), 'title = "Dune"']],
    verdict: "wrong",
    says: `In SQL, double quotes are for names, so "Dune" is looked for as a column. Write a text as 'Dune'`,
  },
  {
    what: "another case in a WHERE",
    exercise: "pg/03-update",
    changes: [['    "Dune",', '    "dune",']],
    verdict: "wrong",
    says: "The task says Dune, and your script dune: in a text, small and capital letters are not the same.",
  },
  {
    what: "a table that is not there yet",
    exercise: "pg/01-create",
    changes: [["CREATE TABLE books (", "CREATE TABLE library ("]],
    verdict: "wrong",
    says: "There is no table books yet. CREATE TABLE has to come first, with await before it.",
  },
  {
    what: "a misspelt table",
    exercise: "pg/02-read",
    changes: [["FROM books", "FROM book"]],
    verdict: "wrong",
    says: "There is no table book. Did you mean books?",
  },
  {
    what: "a misspelt column",
    exercise: "pg/02-read",
    changes: [["SELECT id, title", "SELECT id, titel"]],
    verdict: "wrong",
    says: "✗ Not yet: There is no column titel. Did you mean title?",
  },
  {
    what: "a misspelt column, where the error has no hint",
    exercise: "steps/02-read",
    changes: [["SELECT *", "SELECT id, titel"]],
    verdict: "wrong",
    says: "There is no column titel. Did you mean title?",
  },
  {
    what: "a comma too many",
    exercise: "steps/03-update",
    changes: [["in_stock = $1 WHERE", "in_stock = $1, WHERE"]],
    verdict: "wrong",
    says: 'PostgreSQL does not understand the SQL at "WHERE".',
  },
  {
    what: "a value too few",
    exercise: "pg/03-update",
    changes: [['    "Dune",', ""]],
    verdict: "wrong",
    says: "The SQL has 2 placeholders, such as $1, but 1 value came with it.",
  },
  {
    what: "values in another order",
    exercise: "pg/03-update",
    changes: [['true,\n    "Dune"', '"Dune",\n    true']],
    verdict: "wrong",
    says: '"Dune" is not a value of the type boolean. Are the values in the order of the columns?',
  },
  {
    what: "a result with another name",
    exercise: "pg/04-delete",
    changes: [["{ rowCount } =", "{ rowCount: count } ="]],
    verdict: "wrong",
    says: "This line uses rowCount, and nothing above it has this name. What did you call it?",
  },
  {
    what: "a type that is wrong, and does no harm when the script runs",
    exercise: "pg/02-read",
    changes: [["client.query<Book>(", "client.query<{ id: string }>("]],
    verdict: "passed",
    says: "\nTypeScript: line ",
  },
  {
    what: "another order of the rows",
    exercise: "postgres/02-read",
    changes: [["ORDER BY publication_year", "ORDER BY title"]],
    verdict: "wrong",
    says: "it prints the right lines in another order (- expected, + yours). Does ORDER BY say which",
  },
  {
    what: "a column that is not selected",
    exercise: "pg/02-read",
    changes: [["SELECT id, title, author,", "SELECT id, title,"]],
    verdict: "wrong",
    says: "it prints undefined (+ is yours). Is a column not in the SELECT, or does it have another",
  },
  {
    what: "a column as JavaScript would name it",
    exercise: "pg/02-read",
    changes: [["ORDER BY publication_year", "ORDER BY publicationYear"]],
    verdict: "wrong",
    says: "There is no column publicationyear. Did you mean publication_year?",
  },
  {
    what: "an object in place of the list of values",
    exercise: "pg/04-delete",
    changes: [['["1984"]', '{ title: "1984" } as never']],
    verdict: "wrong",
    says: 'The values of a query are a list, next to the SQL: ["Dune", 1965].',
  },
  {
    what: "a title as a number",
    exercise: "pg/04-delete",
    changes: [['title = $1", ["1984"]', 'title = 1984"']],
    verdict: "wrong",
    says: "A text is compared with a number. Write it as a text, between single quotes.",
  },
  {
    what: "a quote that is not closed",
    exercise: "pg/04-delete",
    changes: [['title = $1"', "title = $1"]],
    verdict: "broken",
    says: "Is a quote, a backtick or a bracket before it not closed?",
  },
  {
    what: "SQL outside of a text",
    exercise: "pg/04-delete",
    changes: [['await client.query("DELETE FROM', 'await DELETE FROM; ("']],
    verdict: "broken",
    says: "SQL is a text in your script: it belongs between quotes or backticks.",
  },
  {
    what: "a loop of INSERTs is as good as one",
    exercise: "postgres/01-create",
    changes: [
      [
        dollar("const { count } = await sql`INSERT INTO books {sql(["),
        "let count = 0;\nfor (const book of [",
      ],
      ["])}`;", dollar("]) count += (await sql`INSERT INTO books {sql(book)}`).count;")],
    ],
    verdict: "passed",
    says: "✓ Right.",
  },
  {
    what: "one INSERT is as good as a loop",
    exercise: "pg/01-create",
    changes: [
      [
        "for (const book of more) await client.query(insert, book);",
        "await client.query(insert + ', ($5, $6, $7, $8), ($9, $10, $11, $12)', more.flat());",
      ],
    ],
    verdict: "passed",
    says: "✓ Right.",
  },
  {
    what: "a connect that does not wait",
    exercise: "driver/pg",
    changes: [
      [
        `await new Promise<void>((resolve, reject) => {
    client.connect((error: Error | null) => {
      if (!error) return resolve();
      client.end(() => {}); // an open socket would keep the process running
      reject(error);
    });
  });`,
        "client.connect(() => {});",
      ],
    ],
    verdict: "wrong effect",
    says: "Your connect does not wait: with a database that does not exist, the step began its work.",
  },
  {
    what: "a postgres.js driver that does not connect",
    exercise: "driver/postgres",
    changes: [["await sql`SELECT 1`;", ""]],
    verdict: "wrong effect",
    says: "Your connect does not wait",
  },
];

/** What a learner did, a text of the solution, and what the learner wrote instead. */
export type Answer = readonly [what: string, solution: string | RegExp, own: string];

/** Each book by the loop of pg/01-create. */
const loop = "for (const book of more) await client.query(insert, book);";

/** A call with the statement and its values. */
const updates = /"UPDATE[^[]*\[[^\]]*\]/;

/**
 * Answers that learners give often, by the exercise, which has its guide before it. Most of them are wrong: what
 * `learn` says to each is in docs/answer-key.md.
 */
export const answers: Readonly<Record<string, readonly Answer[]>> = {
  "pg/01-create": [
    ["a title that may be NULL", "title VARCHAR(255) NOT NULL", "title VARCHAR(255)"],
    ["a year as text", "publication_year INT", "publication_year TEXT"],
    ["no default", " DEFAULT TRUE", ""],
    ["no primary key", "SERIAL PRIMARY KEY", "SERIAL"],
    ["a number that the server does not make", "id SERIAL", "id INT"],
    ["another year", "1965", "1956"],
    ["a CREATE TABLE that nothing waits for", "await client.query(`CREATE", "client.query(`CREATE"],
    ["a misspelt type", "title VARCHAR(255)", "title VARCHR(255)"],
    ["a missing comma", "NOT NULL,", "NOT NULL"],
    [
      "forEach with an async function",
      loop,
      "more.forEach(async (book) => {\n    await client.query(insert, book);\n  });",
    ],
    ["map that nothing waits for", loop, "more.map((book) => client.query(insert, book));"],
    [
      "all queries at the same time",
      loop,
      "await Promise.all(more.map((book) => client.query(insert, book)));",
    ],
    ["a table that is not there yet", "CREATE TABLE books (", "CREATE TABLE library ("],
    [
      "one INSERT is as good as a loop",
      loop,
      "await client.query(insert + ', ($5, $6, $7, $8), ($9, $10, $11, $12)', more.flat());",
    ],
  ],
  "pg/02-read": [
    [
      "rows that are printed by heart",
      /const \{ rows \} =[^;]*;/,
      `const rows = [
    { id: 2, title: "The Hobbit", author: "J.R.R. Tolkien", publication_year: 1937, in_stock: true },
    { id: 3, title: "1984", author: "George Orwell", publication_year: 1949, in_stock: true },
    { id: 1, title: "The Catcher in the Rye", author: "J.D. Salinger", publication_year: 1951, in_stock: true },
    { id: 4, title: "Dune", author: "Frank Herbert", publication_year: 1965, in_stock: false },
  ];`,
    ],
    ["rows of a promise", "const { rows } = await client", "const { rows } = client"],
    [
      "rows of a promise with a name",
      /const \{ rows \} = await (client[^;]*);/,
      'const result = client.query("SELECT * FROM books");\n  const rows = result.rows;',
    ],
    ["the result in place of its rows", "const { rows } =", "const rows ="],
    ["a misspelt table", "FROM books", "FROM book"],
    ["a misspelt column", "SELECT id, title", "SELECT id, titel"],
    [
      "a type that is wrong, and does no harm when the script runs",
      "client.query<Book>(",
      "client.query<{ id: string }>(",
    ],
    ["a column that is not selected", "SELECT id, title, author,", "SELECT id, title,"],
    [
      "a column as JavaScript would name it",
      "ORDER BY publication_year",
      "ORDER BY publicationYear",
    ],
    ["only the books in stock", "FROM books", "FROM books WHERE in_stock"],
    ["a line of one's own", "const { rows }", "console.log(1);\n  const { rows }"],
    ["a client that does not connect", "await client.connect();", ""],
  ],
  "pg/03-update": [
    ["an UPDATE without WHERE", updates, '"UPDATE books SET in_stock = $1", [true]'],
    ["AND in place of WHERE", "$1 WHERE title", "$1 AND title"],
    [
      "an UPDATE that was never written",
      "UPDATE books SET in_stock = $1 WHERE title = $2",
      "SELECT FROM books WHERE $1 AND title = $2",
    ],
    [
      "a DELETE and an INSERT instead of an UPDATE",
      updates,
      '"WITH gone AS (DELETE FROM books WHERE title = $1 RETURNING *) INSERT INTO books SELECT id, title, author, publication_year, true FROM gone", ["Dune"]',
    ],
    ["a client that is not closed", "await client.end();", ""],
    ["another case in a WHERE", '    "Dune",', '    "dune",'],
    ["another text in a WHERE", '    "Dune",', '    "Dune ",'],
    ["a value too few", '    "Dune",', ""],
    ["values in another order", /true,\s+"Dune"/, '"Dune", true'],
    [
      "values that are not in a list",
      /\[\s+true,\s+"Dune",\s+\]/,
      'true as never, "Dune" as never',
    ],
    ["a text without quotes", updates, '"UPDATE books SET in_stock = true WHERE title = Dune"'],
    ["a placeholder between quotes", "title = $2", "title = '$2'"],
    ["two equals signs", "title = $2", "title == $2"],
    ["a number of rows that is not there", "{ rowCount } =", "{ count: rowCount } ="],
    [
      "a row that is the right one only among these",
      updates,
      '"UPDATE books SET in_stock = true WHERE in_stock = false"',
    ],
  ],
  "pg/04-delete": [
    ["a DELETE without WHERE", ' WHERE title = $1", ["1984"]', '"'],
    ["the rows and all that the table had", /"DELETE[^)]*/, '"TRUNCATE books"'],
    ["a transaction that is not committed", /(?=const \{)/, 'await client.query("BEGIN");\n  '],
    ["a result with another name", "{ rowCount } =", "{ rowCount: count } ="],
    ["an object in place of the list of values", '["1984"]', '{ title: "1984" } as never'],
    ["a title as a number", 'title = $1", ["1984"]', 'title = 1984"'],
    ["a quote that is not closed", 'title = $1"', "title = $1"],
    ["SQL outside of a text", 'await client.query("DELETE FROM', 'await DELETE FROM; ("'],
  ],
  "postgres/01-create": [
    ["a CREATE TABLE of postgres.js that is never sent", "await sql`CREATE", "sql`CREATE"],
    [
      "a loop of INSERTs is as good as one",
      /const \{ count \} = await sql`INSERT INTO books \$\{sql\((\[.*?\])\)\}`;/s,
      "let count = 0;\nfor (const book of $1) count += (await sql`INSERT INTO books $${sql(book)}`).count;",
    ],
  ],
  "postgres/02-read": [
    ["another order of the rows", "ORDER BY publication_year", "ORDER BY title"],
    ["rows that nothing waits for", "= await sql", "= sql"],
    ["one row in place of all", "const books =", "const [books] ="],
  ],
  "postgres/03-update": [
    ["postgres.js that is not closed", "await sql.end();", ""],
    ["double quotes around a value", `title = \${"Dune"}`, 'title = "Dune"'],
    ["a value between quotes", `title = \${"Dune"}`, `title = '\${"Dune"}'`],
    ["parentheses in place of backticks", /sql(`UPDATE.*?`)/, "sql($1)"],
    ["a query as with pg", "sql`UPDATE", "sql.query`UPDATE"],
    ["a row in place of the result", "const { count } =", "const [{ count }] ="],
    ["the result in place of its count", "const { count } =", "const count: unknown ="],
  ],
  "drizzle/01-create": [
    [
      "an INSERT of Drizzle that is never sent",
      "const inserted = await tx.insert(books).values(more).returning({ id: books.id });",
      "tx.insert(books).values(more);\nconst inserted = more;",
    ],
  ],
  "drizzle/03-update": [["rows that are not asked for", /\n\s+\.returning\([^)]*\)/, ""]],
  "drizzle/04-delete": [
    [
      "a comparison of JavaScript's",
      'eq(books.title, "1984")',
      '(books.title === "1984") as never',
    ],
  ],
  "steps/01-create": [
    [
      "a CREATE TABLE that nothing waits for, where the steps' driver keeps the order",
      /await (db.query\(`\s+CREATE)/,
      "$1",
    ],
  ],
  "steps/02-read": [
    ["a misspelt column, where the error has no hint", "SELECT *", "SELECT id, titel"],
  ],
  "steps/03-update": [["a comma too many", "in_stock = $1 WHERE", "in_stock = $1, WHERE"]],
  "driver/pg": [
    [
      "a connect that does not wait",
      /await new Promise<void>.*?\n {2}\}\);/s,
      "client.connect(() => {});",
    ],
    ["no connect at all", /await new Promise<void>.*?\n {2}\}\);/s, ""],
    ["a query without its values", "statement, valueTexts(values),", "statement,"],
    [
      "errors that are lost",
      "if (error) return reject(error);",
      "if (error) return resolve({ rows: [], count: 0, command: '' });",
    ],
  ],
  "driver/postgres": [
    ["a postgres.js driver that does not connect", "await sql`SELECT 1`;", ""],
    ["more than one connection", "max: 1,", ""],
  ],
  "examples/errors/pg/01-create": [
    ["no CHECK", /CHECK \([^)]*\)/, ""],
    ["no primary key", "PRIMARY KEY", "NOT NULL"],
  ],
  "examples/errors/pg/02-codes": [
    [
      "errors that are not caught",
      /try \{\s+(await client.query\(statement\);).*?\n {4}\}\n/s,
      "$1\n",
    ],
    ["errors that are all caught", "if (!advice[code]) throw error;", ""],
  ],
  "examples/errors/pg/03-uncaught": [
    ["an error that is caught", /await client\.query\([^)]*\);/, "try { $& } catch {}"],
  ],
  "examples/errors/pg/04-rollback": [
    ["no transaction", /await client\.query\("(BEGIN|COMMIT)"\);/g, ""],
  ],
  "examples/errors/pg/06-pool": [
    ["an UPDATE of all rows that is rolled back", " WHERE name = 'Ann'\");", '");'],
    [
      "a transaction that is ended",
      "client.release",
      'await client.query("ROLLBACK");\n  client.release',
    ],
  ],
  "examples/errors/pg/07-types": [
    ["a sum and a column", "(SELECT sum(fee) FROM library_members)", "sum(fee)"],
    [
      "a day later in place of another time zone",
      "AT TIME ZONE 'Asia/Tokyo'",
      "+ interval '1 day'",
    ],
  ],
  "examples/errors/postgres/04-rollback": [
    [
      "BEGIN by hand",
      /await sql\.begin\(async \(sql\) => \{(.*?)\n {4}\}\);/s,
      "await sql`BEGIN`;$1",
    ],
  ],
};

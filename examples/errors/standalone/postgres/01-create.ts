import { connect } from "./connect.ts";

const sql = connect();

try {
  await sql.begin(async (sql) => {
    await sql`DROP TABLE IF EXISTS library_members, library_notes`; // yours, too, if you have them
    // #region create
    await sql`CREATE TABLE library_members (
      name TEXT PRIMARY KEY,
      fee NUMERIC(6, 2) NOT NULL CHECK (fee >= 0),
      visits BIGINT NOT NULL DEFAULT 0,
      born DATE,
      joined TIMESTAMPTZ
    )`;
    // #endregion
    await sql`CREATE TABLE library_notes (note TEXT NOT NULL)`;

    await sql`INSERT INTO library_members
      VALUES ('Ann', 20.10, 9007199254740993, '2000-02-29', '2024-02-29 23:30:00+00'),
        ('Ben', 10.10, 7, NULL, NULL)`;
    await sql`INSERT INTO library_notes VALUES ('closed on Monday'), ('buy chairs')`;
  });
  console.log("Ann pays 20.10, and Ben pays 10.10.");
} finally {
  await sql.end();
}

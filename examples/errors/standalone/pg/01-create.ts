import { connect } from "./connect.ts";

const client = await connect();

try {
  await client.query("BEGIN");
  await client.query("DROP TABLE IF EXISTS library_members, library_notes"); // yours, too, if you have them
  // #region create
  await client.query(`CREATE TABLE library_members (
    name TEXT PRIMARY KEY,
    fee NUMERIC(6, 2) NOT NULL CHECK (fee >= 0),
    visits BIGINT NOT NULL DEFAULT 0,
    born DATE,
    joined TIMESTAMPTZ
  )`);
  // #endregion
  await client.query("CREATE TABLE library_notes (note TEXT NOT NULL)");

  const insert = "INSERT INTO library_members VALUES ($1, $2, $3, $4, $5)";
  const ann = ["Ann", "20.10", "9007199254740993", "2000-02-29", "2024-02-29 23:30:00+00"];
  await client.query(insert, ann);
  await client.query(insert, ["Ben", "10.10", "7", null, null]);
  await client.query("INSERT INTO library_notes VALUES ('closed on Monday'), ('buy chairs')");
  await client.query("COMMIT");
  console.log("Ann pays 20.10, and Ben pays 10.10.");
} finally {
  await client.end();
}

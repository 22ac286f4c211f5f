import { sql } from "drizzle-orm";
import { connect } from "./connect.ts";
import { members, notes } from "./schema.ts";

const db = connect();

try {
  await db.transaction(async (tx) => {
    await tx.execute(sql`DROP TABLE IF EXISTS ${members}, ${notes}`); // yours, too, if you have them
    // #region create
    await tx.execute(sql`CREATE TABLE ${members} (
      name TEXT PRIMARY KEY,
      fee NUMERIC(6, 2) NOT NULL CHECK (fee >= 0),
      visits BIGINT NOT NULL DEFAULT 0,
      born DATE,
      joined TIMESTAMPTZ
    )`);
    // #endregion
    await tx.execute(sql`CREATE TABLE ${notes} (note TEXT NOT NULL)`);

    const joined = new Date("2024-02-29T23:30:00Z");
    await tx.insert(members).values([
      { name: "Ann", fee: "20.10", visits: 9007199254740993n, born: "2000-02-29", joined },
      { name: "Ben", fee: "10.10", visits: 7n },
    ]);
    await tx.insert(notes).values([{ note: "closed on Monday" }, { note: "buy chairs" }]);
  });
  console.log("Ann pays 20.10, and Ben pays 10.10.");
} finally {
  await db.$client.end();
}

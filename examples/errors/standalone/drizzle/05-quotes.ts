import { eq, sql } from "drizzle-orm";
import { codeOf, connect } from "./connect.ts";
import { members, notes } from "./schema.ts";

const evil = "x'; DELETE FROM library_notes; --";
const db = connect();

try {
  try {
    await db.execute(sql.raw("SELECT 'O'Brien'")); // raw sends a text as it is
  } catch (error) {
    if (codeOf(error) === "") throw error;
    console.log(`Pasted: ${codeOf(error)}, a syntax error.`);
  }

  // #region parameter
  const {
    rows: [row],
  } = await db.execute(sql`SELECT ${"O'Brien"} AS name`);
  // #endregion
  console.log(`As a parameter: ${row?.name}.`);

  const rolledBack = new Error("ROLLBACK");
  await db
    .transaction(async (tx) => {
      await tx.execute(sql.raw(`SELECT fee FROM library_members WHERE name = '${evil}'`));
      console.log(`After a pasted name, there are ${await tx.$count(notes)} notes.`);
      throw rolledBack;
    })
    .catch((error) => {
      if (error !== rolledBack) throw error;
    });

  await db.select().from(members).where(eq(members.name, evil));
  console.log(`After the same name as a parameter, there are ${await db.$count(notes)}.`);
} finally {
  await db.$client.end();
}

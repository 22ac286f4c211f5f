import { eq, sql } from "drizzle-orm";
import { codeOf, connect } from "./connect.ts";
import { members } from "./schema.ts";

const db = connect();

try {
  try {
    // #region transfer
    await db.transaction(async (tx) => {
      const more = sql`${members.fee} + 15.00`;
      await tx.update(members).set({ fee: more }).where(eq(members.name, "Ann"));
      console.log("Ann has taken over 15.00.");
      const less = sql`${members.fee} - 15.00`;
      await tx.update(members).set({ fee: less }).where(eq(members.name, "Ben"));
    });
    // #endregion
  } catch (error) {
    if (codeOf(error) !== "23514") throw error;
    console.log("23514: Ben's fee would be below zero. Both changes are undone.");
  }
  const rows = await db.select().from(members).orderBy(members.name);
  for (const { name, fee } of rows) console.log(`${name} pays ${fee}.`);
} finally {
  await db.$client.end();
}

import postgres from "postgres";
import { connect } from "./connect.ts";

const advice: Record<string, string> = {
  "23505": "there is a member of this name already. Choose another name.",
  "23502": "a member needs a fee.",
  "42P01": "there is no such table. Is its name right?",
};

const sql = connect();

// A query of postgres.js is sent when something waits for it.
const statements = [
  () => sql`INSERT INTO library_members (name, fee) VALUES ('Ann', 5)`,
  () => sql`INSERT INTO library_members (name) VALUES ('Cho')`,
  () => sql`SELECT * FROM library_member`,
  () => sql`SELECT 1 / 0`,
];

try {
  for (const send of statements) {
    // #region catch
    try {
      await send();
    } catch (error) {
      const code = error instanceof postgres.PostgresError ? error.code : "";
      if (!advice[code]) throw error;
      console.log(`${code}: ${advice[code]}`);
    }
    // #endregion
  }
} catch (error) {
  if (!(error instanceof postgres.PostgresError)) throw error;
  console.log(`Thrown again: ${error.code}, which has no advice.`);
} finally {
  await sql.end();
}

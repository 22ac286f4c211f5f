import { sql } from "drizzle-orm";
import { codeOf, connect } from "./connect.ts";

const advice: Record<string, string> = {
  "23505": "there is a member of this name already. Choose another name.",
  "23502": "a member needs a fee.",
  "42P01": "there is no such table. Is its name right?",
};

const statements = [
  sql`INSERT INTO library_members (name, fee) VALUES ('Ann', 5)`,
  sql`INSERT INTO library_members (name) VALUES ('Cho')`,
  sql`SELECT * FROM library_member`,
  sql`SELECT 1 / 0`,
];

const db = connect();

try {
  for (const statement of statements) {
    // #region catch
    try {
      await db.execute(statement);
    } catch (error) {
      const code = codeOf(error);
      if (!advice[code]) throw error;
      console.log(`${code}: ${advice[code]}`);
    }
    // #endregion
  }
} catch (error) {
  const code = codeOf(error);
  if (!code) throw error;
  console.log(`Thrown again: ${code}, which has no advice.`);
} finally {
  await db.$client.end();
}

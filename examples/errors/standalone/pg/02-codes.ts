import pg from "pg";
import { connect } from "./connect.ts";

const advice: Record<string, string> = {
  "23505": "there is a member of this name already. Choose another name.",
  "23502": "a member needs a fee.",
  "42P01": "there is no such table. Is its name right?",
};

const statements = [
  "INSERT INTO library_members (name, fee) VALUES ('Ann', 5)",
  "INSERT INTO library_members (name) VALUES ('Cho')",
  "SELECT * FROM library_member",
  "SELECT 1 / 0",
];

const client = await connect();

try {
  for (const statement of statements) {
    // #region catch
    try {
      await client.query(statement);
    } catch (error) {
      const code = error instanceof pg.DatabaseError ? (error.code ?? "") : "";
      if (!advice[code]) throw error;
      console.log(`${code}: ${advice[code]}`);
    }
    // #endregion
  }
} catch (error) {
  if (!(error instanceof pg.DatabaseError)) throw error;
  console.log(`Thrown again: ${error.code}, which has no advice.`);
} finally {
  await client.end();
}

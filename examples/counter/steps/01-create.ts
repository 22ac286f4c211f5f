/*
# Create a counter

One row for each page, and how often it was visited.
*/
import { step } from "../../../drivers/step.ts";

await step(async (db) => {
  await db.query("DROP TABLE IF EXISTS page_visits");
  await db.query("CREATE TABLE page_visits (page TEXT PRIMARY KEY, visits INT NOT NULL)");
  console.log("Created the counter.");
});

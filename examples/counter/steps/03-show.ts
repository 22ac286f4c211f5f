/*
# Show the counter

The most visited page comes first.
*/
import { step } from "../../../drivers/step.ts";

await step(async (db) => {
  const { rows: pages } = await db.query(
    "SELECT page, visits FROM page_visits ORDER BY visits DESC",
  );
  for (const { page, visits } of pages) console.log(`${page}: ${visits}`);
});

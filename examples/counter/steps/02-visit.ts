/*
# Count visits

A first visit inserts the page's row, and each later one adds to it: `ON CONFLICT` does both in one
statement, so that two visitors at the same moment count as two.
*/
import { step } from "../../../drivers/step.ts";

const visit = `
  INSERT INTO page_visits (page, visits) VALUES ($1, 1)
  ON CONFLICT (page) DO UPDATE SET visits = page_visits.visits + 1
`;

await step(async (db) => {
  for (const page of ["/", "/about", "/"]) await db.query(visit, [page]);
  console.log("Counted 3 visits.");
});

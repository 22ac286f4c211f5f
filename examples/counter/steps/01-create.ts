/*
# Create a counter

One row for each page, and how often it was visited.

A table of your own may be called `page_visits` too. The step marks its table with a comment, and
drops only a table that carries the mark.
*/
import { StepFailure, step } from "../../../drivers/step.ts";

const mark = "Made by the Neon guide";

await step(async (db) => {
  const [table] = await db.query(
    "SELECT obj_description(oid, 'pg_class') AS comment FROM pg_class WHERE oid = to_regclass('page_visits')",
  );
  if (table && table.comment !== mark) {
    throw new StepFailure(
      "There is a table named page_visits that this guide did not make. It was left as it is. Rename it, or use another database.",
    );
  }
  await db.execute("DROP TABLE IF EXISTS page_visits");
  await db.execute("CREATE TABLE page_visits (page TEXT PRIMARY KEY, visits INT NOT NULL)");
  await db.execute(`COMMENT ON TABLE page_visits IS '${mark}'`);
  console.log("Created the counter.");
});

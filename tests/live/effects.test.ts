import { expect, test } from "vitest";
import { openGuide } from "../support/live.ts";
import { visit } from "../support/live-visit.ts";
import { copySmallProject } from "../support/project.ts";

test("a page says where clients print the same and change other rows", async () => {
  const project = copySmallProject(["pg", "postgres"]);
  project.edit(
    "steps/01-create.ts",
    "console.log(`Inserted",
    'if (process.argv.includes("pg")) await db.query("UPDATE books SET title = title"); console.log(`Inserted',
  );
  const page = await visit(await openGuide(project));
  await page.ask({ kind: "all" });
  await page.ends("match | match");
  expect(await page.text(0)).toMatch(
    /^The output matches the guide, but books: pg changed 4 rows, postgres 0\./,
  );
  expect(await page.text(1)).toMatch(/^The output matches the guide, with /);
});

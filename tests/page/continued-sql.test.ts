import { expect, test } from "vitest";
import { loadPage } from "../../runner/page/load-page.ts";
import { makePage, pageOf } from "../support/page.ts";

test("what continues SQL is in the run of each of its outputs, with its files", async () => {
  const { file } = makePage(
    pageOf(
      ['sql title="two.sql"', "SELECT 2 AS b;"],
      ["sh", "psql -f two.sql"],
      ["sql", "SELECT 1 AS a;"],
      "<!-- guide: continue -->",
      ["sql", "\\i two.sql"],
      ["", " a\n---\n 1\n(1 row)"],
      ["", " b\n---\n 2\n(1 row)"],
    ).replace("-->\n\n", "-->\n"),
  );
  const { runs, page } = await loadPage(file);
  const sent = runs.map(({ name }) => page?.runs.get(name)).slice(1);
  const whole = "SELECT 1 AS a;\nSELECT 2 AS b;\n";
  expect(sent).toMatchObject([{ sql: whole }, { sql: whole, part: 1 }]);
  expect(runs.map(({ step }) => step.code).slice(1)).toEqual([whole.trimEnd(), ""]);
});

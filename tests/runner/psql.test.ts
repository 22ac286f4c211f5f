import { expect, test } from "vitest";
import { exportLines, psqlHint } from "../../runner/database/psql.ts";

const place = "example.com/guide_scratch_pg_1?sslmode=require";
const url = `postgresql://reader:hidden-word@${place}`;

test.each([
  ["external", "linux", `psql 'postgresql://reader@${place}'`],
  ["external", "win32", `psql "postgresql://reader@${place}"`],
  ["embedded", "linux", `psql '${url}'`],
  ["embedded", "win32", `psql "${url}"`],
] as const)("the hint for psql on a server that is %s, %s", (kind, platform, hint) => {
  expect(psqlHint(kind, url, platform)).toBe(hint);
});

test("each shell gets a line that it understands", () => {
  expect(exportLines(url, "linux")).toEqual([`export DATABASE_URL='${url}'`]);
  expect(exportLines(url, "win32")).toEqual([
    `$env:DATABASE_URL = '${url}'`,
    `set "DATABASE_URL=${url}"`,
  ]);
});

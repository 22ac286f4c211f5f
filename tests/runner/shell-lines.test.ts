import { afterEach, expect, test, vi } from "vitest";
import { exportLines, psqlHint } from "../../runner/database/shell-lines.ts";

afterEach(() => vi.unstubAllEnvs());

const url = "postgresql://reader:hidden-word@example.com/guide_scratch_pg_1?sslmode=require";
const embedded = { kind: "embedded", isParallel: true } as const;
const given = { kind: "given", isParallel: true } as const;
const inPlace = { kind: "given", isParallel: false } as const;

test.each([
  [given, "linux", url, 'psql "$DATABASE_URL", then \\c guide_scratch_pg_1'],
  [given, "win32", url, "psql $env:DATABASE_URL, then \\c guide_scratch_pg_1"],
  [given, "linux", undefined, "psql, with the DATABASE_URL of .env, then \\c guide_scratch_pg_1"],
  [inPlace, "linux", url, 'psql "$DATABASE_URL"'],
  [embedded, "linux", undefined, `psql '${url}'`],
  [embedded, "win32", undefined, `psql "${url}"`],
] as const)(
  "the hint for psql on %j, %s, with DATABASE_URL=%s",
  (database, platform, set, hint) => {
    vi.stubEnv("DATABASE_URL", set);
    expect(psqlHint(database, { url, database: "guide_scratch_pg_1" }, platform)).toBe(hint);
  },
);

test("each shell gets a line that it understands", () => {
  expect(exportLines(url, "linux")).toEqual([`export DATABASE_URL='${url}'`]);
  expect(exportLines(url, "win32")).toEqual([
    `$env:DATABASE_URL = '${url}'`,
    `set "DATABASE_URL=${url}"`,
  ]);
});

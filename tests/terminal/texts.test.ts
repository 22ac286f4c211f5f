import { expect, test } from "vitest";
import { keyLine, type Page } from "../../classroom/notebook/actions.ts";
import { psqlUrl } from "../../runner/database/psql.ts";

test.each([
  ["postgresql://me:secret@host:5432/books", "postgresql://me@host:5432/books"],
  ["postgres://it's%20me:s%40c'r%2Ft@host/books", "postgresql://it%27s%20me@host/books"],
  ["postgresql://me@host/books", "postgresql://me@host/books"],
  ["postgresql://host/books?user=me&password=secret", "postgresql://host/books?user=me"],
  ["postgresql://host/books?p%61ssword=secret&sslpassword=s", "postgresql://host/books"],
  ["postgresql://host/books?sslmode=no-verify", "postgresql://host/books?sslmode=require"],
  [
    "postgresql://me:secret@[::1]:5/b?sslmode=verify-full",
    "postgresql://me@[::1]:5/b?sslmode=verify-full",
  ],
])("psql is given %s as %s", (url, shown) => {
  expect(psqlUrl(url)).toBe(shown);
});

const pages: readonly Page[] = [
  { kind: "introduction" },
  { kind: "step", run: 0 },
  { kind: "result", run: 0 },
  { kind: "end" },
];

test.each(pages)("the keys of the $kind page take one row, however narrow", (page) => {
  const line = {
    page,
    linesLeft: 0,
    hasMoreDiff: true,
    last: "02-read.after-03-update",
    width: 60,
  };
  expect(keyLine(line)).toMatch(/^Enter \w+.*\? keys {3}q quit$/);
  expect(keyLine({ ...line, width: 20 }).length).toBeLessThan(20);
  expect(keyLine({ ...line, linesLeft: 12 })).toMatch(/^Enter shows more \(12 lines\)/);
  expect(keyLine({ ...line, linesLeft: 1 })).toMatch(/^Enter shows more \(1 line\)/);
});

test("the keys say what they do here: r names its run, d is there for a diff that is cut", () => {
  const page = { kind: "result", run: 1 } as const;
  const line = { page, linesLeft: 0, hasMoreDiff: false, last: "02-read", width: 80 };
  expect(keyLine(line)).toBe("Enter turns the page   r runs 02-read again   ? keys   q quit");
  expect(keyLine({ ...line, hasMoreDiff: true })).toContain("d whole diff");
});

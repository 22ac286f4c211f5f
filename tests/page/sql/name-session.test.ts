import { expect, test } from "vitest";
import { transactionsLeftOpen } from "../../../runner/page/sql/parse/name-session.ts";

test.each([
  [["BEGIN;"], 1],
  [["/* first */ BEGIN;", "/* then /* this */ */ -- it ends\nCOMMIT;"], 0],
  [["START TRANSACTION;", "ROLLBACK TO SAVEPOINT a;"], 1],
  [["ROLLBACK;"], -1],
])("%j leave %i transactions open", (statements, open) => {
  expect(transactionsLeftOpen(statements)).toBe(open);
});

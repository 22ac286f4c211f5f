import { expect, test } from "vitest";
import { isEndedBy } from "../../../runner/page/sql/parse/name-session.ts";

test.each([
  [["COMMIT;"], true],
  [["SELECT 1;", "/* then /* this */ */ -- it ends\nCOMMIT;"], true],
  [["SELECT 1;\nROLLBACK TO SAVEPOINT a;"], true],
  [["/* first */ BEGIN;", "COMMIT;"], false],
  [["START TRANSACTION; ROLLBACK;"], false],
  [["SELECT 'COMMIT;';", "\\echo COMMIT"], false],
])("a transaction that is open above %j is ended by it: %j", (below, isEnded) => {
  expect(isEndedBy(below)).toBe(isEnded);
});

import { expect, test } from "vitest";
import type { Effects, Outcome } from "../../runner/guide/outcome.ts";
import { differenceOfEffects } from "../../runner/verify/effects.ts";

const nothing = { inserted: 0, updated: 0, deleted: 0, isRead: false };

function did(books: Partial<Effects["tables"][string]> | undefined): Outcome {
  const ran = { kind: "finished", duration: 1, stdoutFile: "", stderr: "", exitCode: 0 } as const;
  if (!books) return ran;
  return { ...ran, effects: { tables: { books: { ...nothing, ...books } }, hasRollback: false } };
}

test.each([
  [{ updated: 4 }, { updated: 1 }, "books: pg changed 4 rows, postgres 1"],
  [{ inserted: 1 }, {}, "books: pg inserted 1 row, postgres 0"],
  [
    { inserted: 2, deleted: 1 },
    { inserted: 1, deleted: 2 },
    "books: pg inserted 2 rows, postgres 1; books: pg deleted 1 row, postgres 2",
  ],
  [{ isRead: true }, {}, "books: postgres did not read it"],
  [{ updated: 1, isRead: true }, { updated: 1, isRead: true }, ""],
  [{ updated: 1 }, undefined, ""],
])("%j and %j differ: %s", (pg, postgres, difference) => {
  const clients = [
    { client: "pg", outcome: did(pg) },
    { client: "postgres", outcome: did(postgres) },
  ];
  expect(differenceOfEffects(clients)).toBe(difference);
});

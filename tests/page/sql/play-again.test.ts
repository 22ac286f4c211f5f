import { expect, inject, test } from "vitest";
import { playAgain } from "../../../runner/page/sql/send/play-again.ts";

const blocks = ["\\set n 1", "SELECT :n AS n;"].map((sql) => ({ sql, isCommand: false }));

test.each(["pg", "postgres"] as const)("plays all blocks of a page with %s", async (driver) => {
  let isClosed = false;
  const close = async () => {
    isClosed = true;
  };
  const open = async () => ({ url: inject("databaseUrl"), close });
  const results = await playAgain(driver, open, blocks, 5000);
  expect(results.map(({ rows }) => rows)).toEqual([[["1"]]]);
  expect(isClosed).toBe(true);
});

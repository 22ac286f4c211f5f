import { expect, test } from "vitest";
import type { Database, Result } from "../../drivers/driver.ts";
import { databaseError } from "../../runner/connection/errors.ts";
import { reportErrors } from "../../runner/connection/report-errors.ts";

/** A connection whose queries are answered when the test says so. */
function openSlowly() {
  const log: string[] = [];
  const answers: (() => void)[] = [];
  const connection: Database = {
    query<Row>(statement: string) {
      log.push(statement);
      return new Promise<Result<Row>>((resolve) => {
        answers.push(() => resolve({ rows: [], count: 0, command: "SELECT" }));
      });
    },
    async close() {
      log.push("close");
    },
  };
  const answer = async () => {
    await new Promise(setImmediate);
    answers.shift()?.();
    await new Promise(setImmediate);
  };
  return { db: reportErrors(connection), log, answer };
}

test("a query is sent when the one before it is answered", async () => {
  const { db, log, answer } = openSlowly();
  const both = Promise.all([db.query("first"), db.query("second")]);
  await new Promise(setImmediate);
  expect(log).toEqual(["first"]);
  await answer();
  expect(log).toEqual(["first", "second"]);
  await answer();
  expect((await both).map(({ count }) => count)).toEqual([0, 0]);
});

test("a connection is closed once", async () => {
  const { db, log } = openSlowly();
  await db.close();
  await db.close();
  expect(log).toEqual(["close"]);
  await expect(db.query("SELECT 1")).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
});

test("a connection that was lost stays lost, and closes all the same", async () => {
  let isFirst = true;
  const db = reportErrors({
    query: () => {
      const error = Object.assign(new Error("gone"), { code: isFirst ? "ECONNRESET" : "OTHER" });
      isFirst = false;
      return Promise.reject(error);
    },
    close: () => Promise.reject(new Error("gone")),
  });
  await expect(db.query("SELECT 1")).rejects.toMatchObject({ code: "CONNECTION_LOST" });
  await expect(db.query("SELECT 1")).rejects.toMatchObject({ code: "CONNECTION_LOST" });
  await db.close();
});

test("what a server says is one line, and moves no cursor", () => {
  const said = Object.assign(new Error(" no\n\tsuch \x1b[2Jtable\r\n\x9b31m "), { code: "42P01" });
  expect(databaseError("query", said).message).toBe("no such \\x1b[2Jtable \\x9b31m");
});

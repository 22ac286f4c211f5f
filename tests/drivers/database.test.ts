import { expect, test } from "vitest";
import { type Connection, openDatabase } from "../../drivers/database.ts";
import { databaseError } from "../../runner/connection/errors.ts";

/** A connection whose statements are answered when the test says so. */
function openSlowly() {
  const log: string[] = [];
  const answers: (() => void)[] = [];
  const connection: Connection = {
    send(statement) {
      log.push(statement);
      return new Promise((resolve) => {
        answers.push(() => resolve({ rows: [], count: 0, command: "SELECT" }));
      });
    },
    async close() {
      log.push("close");
    },
    destroy() {
      log.push("destroy");
    },
  };
  const answer = async () => {
    await new Promise(setImmediate);
    answers.shift()?.();
    await new Promise(setImmediate);
  };
  return { db: openDatabase(connection), log, answer };
}

test("a statement is sent when the one before it is answered", async () => {
  const { db, log, answer } = openSlowly();
  const both = Promise.all([db.execute("first"), db.execute("second")]);
  await new Promise(setImmediate);
  expect(log).toEqual(["first"]);
  await answer();
  expect(log).toEqual(["first", "second"]);
  await answer();
  expect(await both).toEqual([0, 0]);
});

test("close says goodbye, and drops the connection", async () => {
  const { db, log } = openSlowly();
  await db.close();
  expect(log).toEqual(["close", "destroy"]);
  await db.close();
  expect(log).toEqual(["close", "destroy"]);
});

test("a connection whose goodbye fails is dropped all the same", async () => {
  const log: string[] = [];
  const db = openDatabase({
    send: () => Promise.reject(Object.assign(new Error("gone"), { code: "ECONNRESET" })),
    close: () => Promise.reject(new Error("gone")),
    destroy: () => log.push("destroy"),
  });
  await expect(db.query("SELECT 1")).rejects.toMatchObject({ code: "CONNECTION_LOST" });
  await db.close();
  expect(log).toEqual(["destroy"]);
});

test("what a server says is one line, and moves no cursor", () => {
  const said = Object.assign(new Error(" no\n\tsuch \x1b[2Jtable\r\n\x9b31m "), { code: "42P01" });
  expect(databaseError("query", said).message).toBe("no such \\x1b[2Jtable \\x9b31m");
});

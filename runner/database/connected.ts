import type { Database } from "../../drivers/driver.ts";
import * as driver from "../../drivers/postgres.ts";
import { connect } from "../connection/connect.ts";
import { databaseFailure, inTime } from "./pool.ts";

const LIMIT_MS = 10_000;

/**
 * Connects to any database, does a piece of the runner's own work there, and closes the connection.
 * @param limit milliseconds for the work: a server that is gone without a word is not waited for
 * @throws Failure of kind "database"
 */
export async function connected<Result>(
  url: string,
  work: (db: Database) => Promise<Result>,
  limit = LIMIT_MS,
): Promise<Result> {
  try {
    const db = await connect(driver, url);
    return await inTime(work(db), limit).finally(db.close);
  } catch (error) {
    throw databaseFailure(error);
  }
}

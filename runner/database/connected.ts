import type { Database } from "../../drivers/driver.ts";
import * as driver from "../../drivers/postgres.ts";
import { Failure } from "../common/failure.ts";
import { connect } from "../connection/connect.ts";
import { databaseFailure } from "./pool.ts";

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
  let timer: NodeJS.Timeout | undefined;
  try {
    const db = await connect(driver, url);
    const late = new Promise<never>((_, reject) => {
      const message = `The server did not answer within ${limit / 1000} s.`;
      timer = setTimeout(() => reject(new Failure("database", message)), limit);
    });
    return await Promise.race([work(db), late]).finally(db.close);
  } catch (error) {
    throw databaseFailure(error);
  } finally {
    clearTimeout(timer);
  }
}

import { databaseUrl } from "../../drivers/connection/environment.ts";
import { openGuideDatabase } from "../database/open-database.ts";
import { openWorkspace } from "../workspace/workspace.ts";
import { openSession, type Session, type SessionOptions } from "./session.ts";

/**
 * Opens a session for a piece of work, and removes whatever that needed, however the work ends.
 * @throws Failure, where it could not begin or go on
 */
export async function withSession<Result>(
  options: SessionOptions,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const { guide, inPlace, signal, note } = options;
  const url = databaseUrl();
  const workspace = openWorkspace();
  try {
    const session = await openSession(options, workspace, () => {
      const onRetry = once((message) => note(`Waiting for the database: ${message}`));
      return openGuideDatabase(workspace, url, { inPlace, tables: guide.tables, signal, onRetry });
    });
    try {
      return await work(session);
    } finally {
      await session.close().catch((error) => note(`Not everything was removed. ${error}`));
    }
  } finally {
    workspace.close();
  }
}

function once(work: (message: string) => void): (message: string) => void {
  let isDone = false;
  return (message) => {
    if (!isDone) work(message);
    isDone = true;
  };
}

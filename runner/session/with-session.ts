import { databaseUrl } from "../../drivers/connection/environment.ts";
import { openGuideDatabase } from "../database/open-database.ts";
import type { Guide, Run } from "../guide/guide.ts";
import type { ReadyClient } from "../standalone/find-program.ts";
import { openWorkspace } from "../workspace/workspace.ts";
import { prepareLaunch } from "./prepare-launch.ts";
import { openSession, type Session } from "./session.ts";

/** What every way of running a guide needs. */
export interface SessionNeeds {
  readonly guide: Guide;
  /** The names of what runs the steps: drivers, and standalone clients. */
  readonly drivers: readonly string[];
  /** Those of them that are standalone clients. */
  readonly standalone?: readonly ReadyClient[];
  readonly runs: readonly Run[];
  /** Seconds. */
  readonly timeout: number;
  readonly inPlace: boolean;
  /** Is told what the reader should know while waiting, or afterwards. */
  readonly note: (message: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Opens a session for a piece of work, and removes whatever that needed, however the work ends.
 * @throws Failure, where it could not begin or go on
 */
export async function withSession<Result>(
  needs: SessionNeeds,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const { guide, signal, note } = needs;
  const url = databaseUrl();
  const workspace = openWorkspace();
  try {
    const session = await openSession({
      workspace,
      signal,
      prepare: () => prepareLaunch(needs, workspace),
      drivers: needs.drivers,
      timeout: needs.timeout * 1000,
      openDatabase: () =>
        openGuideDatabase(workspace, {
          url,
          inPlace: needs.inPlace,
          tables: guide.tables,
          signal,
          onRetry: once((message) => note(`Waiting for the database: ${message}`)),
        }),
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

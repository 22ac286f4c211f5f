import type { Session, SessionOptions } from "../run/session.ts";
import { withSession } from "../run/with-session.ts";
import { openSnapshotSession } from "./snapshot-session.ts";

/**
 * Does a piece of work with a session that keeps the clients' databases as they were after their runs, so
 * that going back copies one of them, instead of running everything before it again. Otherwise it is like
 * `withSession`. Where clients share a database, nothing is kept.
 */
export function withSnapshots<Result>(
  options: SessionOptions,
  work: (session: Session) => Promise<Result>,
  prepare?: Parameters<typeof withSession>[2],
): Promise<Result> {
  return withSession(
    options,
    async (session) => {
      if (!session.server.isParallel) return work(session);
      const kept = openSnapshotSession(options, session);
      return work(kept.session).finally(kept.settled);
    },
    prepare,
  );
}

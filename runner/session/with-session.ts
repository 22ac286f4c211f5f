import { databaseUrl } from "../../drivers/connection/environment.ts";
import { openGuideDatabase } from "../database/open-database.ts";
import { Failure, messageOf } from "../failure.ts";
import type { Guide, Run } from "../guide/guide.ts";
import type { ReadyClient } from "../standalone/find-program.ts";
import { openWorkspace, type Workspace } from "../workspace/workspace.ts";
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
 * @throws Failure, where it could not begin, go on, or clean up
 */
export async function withSession<Result>(
  needs: SessionNeeds,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const url = databaseUrl();
  const workspace = openWorkspace();
  const { signal } = needs;
  const note = (message: string) => signal.aborted || needs.note(message);
  try {
    return await thenClose(
      async () => {
        const session = await open(needs, url, workspace);
        return thenClose(() => work(session), session.close, note);
      },
      workspace.close,
      note,
    );
  } catch (error) {
    throw signal.aborted ? error : workspaceFailure(error, workspace);
  }
}

function open(
  needs: SessionNeeds,
  url: string | undefined,
  workspace: Workspace,
): Promise<Session> {
  const { guide, drivers, timeout, inPlace, note, signal } = needs;
  const onRetry = once((message) => note(`Waiting for the database: ${message}`));
  return openSession({
    workspace,
    signal,
    drivers,
    prepare: () => prepareLaunch(needs, workspace),
    timeout: timeout * 1000,
    openDatabase: () =>
      openGuideDatabase(workspace, url, { inPlace, tables: guide.tables, signal, onRetry }),
  });
}

/** Where the work and the closing fail, the closing's failure is thrown, and the other is told. */
async function thenClose<Result>(
  work: () => Promise<Result>,
  close: () => Promise<void> | void,
  note: (message: string) => unknown,
): Promise<Result> {
  const [done] = await Promise.allSettled([work()]);
  try {
    await close();
  } catch (failure) {
    if (done.status === "rejected") note(messageOf(done.reason));
    throw failure;
  }
  if (done.status === "rejected") throw done.reason;
  return done.value;
}

/** A full disk, or somebody who empties the cache meanwhile: an error of the system, not of ours. */
function workspaceFailure(error: unknown, { root, directory }: Workspace): unknown {
  if (!(error instanceof Error && "syscall" in error)) return error;
  const place = "path" in error ? String(error.path) : directory;
  if (!place.startsWith(root)) return error;
  return new Failure(
    "database",
    `The run cannot use its directory, ${directory}: ${error.message}. Make room there, keep it while the guide runs, or set XDG_CACHE_HOME to another place.`,
  );
}

function once(work: (message: string) => void): (message: string) => void {
  let isDone = false;
  return (message) => {
    if (!isDone) work(message);
    isDone = true;
  };
}

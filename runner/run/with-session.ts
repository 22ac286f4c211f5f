import { Failure, messageOf } from "../common/failure.ts";
import { databaseUrl, missingInEnvFile } from "../connection/environment.ts";
import { openExternal } from "../database/external.ts";
import { openWorkspace, type Workspace } from "../workspace/workspace.ts";
import { prepareLaunch } from "./prepare-launch.ts";
import { openSession, type Session, type SessionOptions } from "./session.ts";

/**
 * Opens a session, does a piece of work with it, and removes what the session made, even if the work fails.
 * @param prepare compiles what the steps' processes run
 * @throws Failure, where it could not begin, go on, or clean up
 */
export async function withSession<Result>(
  options: SessionOptions,
  work: (session: Session) => Promise<Result>,
  prepare: typeof prepareLaunch = prepareLaunch,
): Promise<Result> {
  const url = databaseUrl();
  const missing = url === undefined && missingInEnvFile();
  if (missing) options.note(`${missing} Without it, the guide runs on the embedded PostgreSQL.`);
  const workspace = openWorkspace();
  const { signal } = options;
  const note = (message: string) => signal.aborted || options.note(message);
  try {
    return await thenClose(
      async () => {
        const session = await open(options, url, workspace, prepare);
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
  options: SessionOptions,
  url: string | undefined,
  workspace: Workspace,
  prepare: typeof prepareLaunch,
): Promise<Session> {
  const { guide, inPlace, note, signal } = options;
  const prepareNow = () => prepare(options, workspace);
  return openSession(options, workspace, prepareNow, async () => {
    if (url) return openExternal(url, { inPlace, tables: guide.tables, signal, note });
    return (await import("../database/embedded/embedded.ts")).openEmbedded(workspace, signal);
  });
}

/** If both the work and the closing fail, throws the closing's failure, and notes the other. */
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

/** A full disk, or a cache that was emptied meanwhile: an error of the system, and not a bug of ours. */
function workspaceFailure(error: unknown, { root, directory }: Workspace): unknown {
  if (!(error instanceof Error && "syscall" in error)) return error;
  const path = "path" in error ? String(error.path) : directory;
  if (!path.startsWith(root)) return error;
  return new Failure(
    "database",
    `The run cannot use its directory, ${directory}: ${error.message}. Make room there, keep it while the guide runs, or set XDG_CACHE_HOME to another directory.`,
  );
}

import { Failure, messageOf } from "../common/failure.ts";
import { extensionsIn, makesDatabaseOrRole, needsReadersRole } from "../common/sql-in-scripts.ts";
import { databaseUrl, missingInEnvFile } from "../connection/environment.ts";
import { openExternal, type ReadersRights } from "../database/external.ts";
import { textsOfSteps } from "../guide/step-texts.ts";
import { openWorkspace, type Workspace } from "../workspace/workspace.ts";
import { openSession } from "./open-session.ts";
import { prepareLaunch } from "./prepare-launch.ts";
import type { Host, Session, SessionOptions } from "./session.ts";

/**
 * Opens a session, does a piece of work with it, and removes what the session made, even if the work fails.
 * @param prepare compiles what the steps' processes run
 * @throws Failure, where it could not begin, go on, or clean up
 */
export function withSession<Result>(
  options: SessionOptions,
  work: (session: Session) => Promise<Result>,
  prepare: typeof prepareLaunch = prepareLaunch,
): Promise<Result> {
  const note = noteUnlessAborted(options);
  const texts = textsOf(options);
  const inHost = async ({ workspace, openServer }: Host) => {
    const prepareNow = () => prepare(options, workspace);
    const session = await openSession(options, workspace, texts, prepareNow, openServer);
    return thenClose(() => work(session), session.close, note);
  };
  const isGiven = databaseUrl() !== undefined;
  const beyond = isGiven ? undefined : rightBeyond(options, texts);
  const rights = isGiven ? readersRights(options, texts) : undefined;
  if (options.host && !beyond && !rights) return inHost(options.host);
  return withHost({ ...options, beyond, rights }, inHost);
}

/** What the steps are made of, or the programs of a page, by their files. */
type Texts = () => ReadonlyMap<string, string>;

/** Reads them once, when they are first asked for. */
function textsOf({ guide, standalone }: SessionOptions): Texts {
  const scripts = standalone.flatMap(({ folder }) => [...folder.files, folder.manifest]);
  let texts: ReadonlyMap<string, string> | undefined;
  return () => {
    texts ??= guide.page?.scripts() ?? textsOfSteps(guide, scripts);
    return texts;
  };
}

/**
 * What the steps' role needs, if it makes what the clients' databases have in common. A guide's is not a superuser, for
 * whom some statements do something else.
 */
function rightBeyond({ guide }: SessionOptions, texts: Texts): HostOptions["beyond"] {
  if (guide.page) return guide.page.reachesBeyond ? "SUPERUSER" : undefined;
  return [...texts().values()].some(makesDatabaseOrRole) ? "CREATEROLE" : undefined;
}

/**
 * What the steps need the reader's own role for, on a given server.
 * @returns undefined if a role of their own is enough
 */
function readersRights({ guide, inPlace }: SessionOptions, texts: Texts): HostOptions["rights"] {
  if (inPlace) return undefined;
  const programs = [...texts().values()];
  // A page's SQL that makes roles is not sent to a given server.
  const makeDatabaseOrRole = programs.some(makesDatabaseOrRole);
  const all = guide.page ? [...guide.steps.map(({ code }) => code), ...programs] : programs;
  const needRole = all.some(needsReadersRole);
  const extensions = all.flatMap(extensionsIn);
  if (!makeDatabaseOrRole && !needRole && extensions.length === 0) return undefined;
  return { needRole, makeDatabaseOrRole, extensions };
}

/** What the server of a session depends on. */
export interface HostOptions extends Pick<SessionOptions, "inPlace" | "note" | "signal"> {
  /** Set if the steps make more on the embedded server than a database holds, which needs this right. */
  readonly beyond?: "CREATEROLE" | "SUPERUSER" | undefined;
  /** Set if they may need the reader's own role on a given server. */
  readonly rights?: ReadersRights | undefined;
}

/**
 * Makes a workspace, does a piece of work in it, and removes it.
 * @throws Failure, where it could not begin, go on, or clean up
 */
export async function withHost<Result>(
  options: HostOptions,
  work: (host: Host) => Promise<Result>,
): Promise<Result> {
  const url = databaseUrl();
  const missing = url === undefined && missingInEnvFile();
  if (missing) options.note(`${missing} Without it, the guide runs on the embedded PostgreSQL.`);
  const workspace = openWorkspace();
  const { inPlace, beyond, rights, note, signal } = options;
  const openServer = async () => {
    if (url) return openExternal(url, { inPlace, rights, signal, note });
    if (beyond) {
      return (await import("../database/embedded/one-each.ts")).openOneEach(
        workspace,
        signal,
        beyond,
      );
    }
    return (await import("../database/embedded/embedded.ts")).openEmbedded(workspace, signal);
  };
  try {
    const done = () => work({ workspace, openServer });
    return await thenClose(done, workspace.close, noteUnlessAborted(options));
  } catch (error) {
    throw signal.aborted ? error : workspaceFailure(error, workspace);
  }
}

function noteUnlessAborted({ signal, note }: Pick<HostOptions, "note" | "signal">) {
  return (message: string) => signal.aborted || note(message);
}

/** If both the work and the closing fail, throws the closing's failure, and notes the other. */
export async function thenClose<Result>(
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
  // Of a link, `dest` is what could not be made.
  const paths = ["path" in error ? error.path : directory, "dest" in error && error.dest];
  if (!paths.some((path) => String(path).startsWith(root))) return error;
  return new Failure(
    "database",
    `The run cannot use its directory, ${directory}: ${error.message}. Make room there, keep it while the guide runs, or set XDG_CACHE_HOME to another directory.`,
  );
}

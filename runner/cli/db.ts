import { untilAborted } from "../common/abort.ts";
import { openEmbedded } from "../database/embedded/embedded.ts";
import { exportLines, psqlHint } from "../database/psql.ts";
import { openWorkspace, type Workspace } from "../workspace/workspace.ts";
import type { Context } from "./program.ts";

export interface DbOptions {
  /** The name of a server whose data stays for the next time. */
  readonly keep?: string;
  readonly port?: number;
}

/** A server that runs until Ctrl-C. */
interface Running {
  readonly label: string;
  readonly url: string;
  /** Further notes for the reader. */
  readonly hints: readonly string[];
  close(): Promise<void>;
}

/** `db`: runs the embedded PostgreSQL until Ctrl-C. @returns the exit code */
export async function dbCommand(
  { keep, port }: DbOptions,
  { print, note, signal }: Context,
): Promise<number> {
  const workspace = openWorkspace();
  try {
    const running = await (keep
      ? openPersistent(workspace, keep, port)
      : openForNow(workspace, signal));
    try {
      const lines = exportLines(running.url);
      const which = lines.length > 1 ? "the line of your shell" : "the line";
      note(`${running.label} is running. In another terminal:`);
      note(`  ${which} below, then: npx tsx steps/01-create.ts`);
      for (const hint of running.hints) note(hint);
      note("Ctrl-C ends it.");
      print(`${lines.join("\n")}\n`);
      const alive = setInterval(() => {}, 60_000); // a listener does not keep the process alive
      await untilAborted(signal);
      clearInterval(alive);
    } finally {
      await running.close();
    }
  } finally {
    workspace.close();
  }
  return 0;
}

async function openForNow(workspace: Workspace, signal: AbortSignal): Promise<Running> {
  const server = await openEmbedded(workspace, signal);
  const database = await server.createDatabase("db");
  const { label, close } = server;
  return {
    label,
    url: database.url,
    hints: [`  or: ${psqlHint("embedded", database.url)}`],
    close,
  };
}

async function openPersistent(workspace: Workspace, name: string, port?: number): Promise<Running> {
  const { openPersistent: open } = await import("../database/embedded/persistent.ts");
  const { label, url, directory, close } = await open(workspace, name, port);
  const psql = psqlHint("embedded", url);
  const keeps = `It is the same the next time. To forget it, delete ${directory} when it has ended.`;
  return { label, url, hints: [`  or: ${psql}`, keeps], close };
}

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

/** `db`: runs the embedded PostgreSQL until Ctrl-C. @returns the exit code */
export async function dbCommand(
  { keep, port }: DbOptions,
  { print, note, signal }: Context,
): Promise<number> {
  const workspace = openWorkspace();
  try {
    const { label, url, directory, close } = await (keep
      ? (await import("../database/embedded/persistent.ts")).openPersistent(workspace, keep, port)
      : openForNow(workspace, signal));
    try {
      const lines = exportLines(url);
      const which = lines.length > 1 ? "the line for your shell" : "this line";
      note(`${label} is running. In another terminal, type ${which}:`);
      print(`${lines.join("\n")}\n`);
      note("Then: npx tsx steps/01-create.ts");
      note(`Or: ${psqlHint("embedded", url)}`);
      if (directory) note(`Its data stays. To remove it, end the server and delete ${directory}.`);
      note("Ctrl-C ends it.");
      const alive = setInterval(() => {}, 60_000); // a listener does not keep the process alive
      await untilAborted(signal);
      clearInterval(alive);
    } finally {
      await close();
    }
  } finally {
    workspace.close();
  }
  return 0;
}

async function openForNow(workspace: Workspace, signal: AbortSignal) {
  const { label, createDatabase, close } = await openEmbedded(workspace, signal);
  const { url } = await createDatabase("db");
  return { label, url, directory: undefined, close };
}

import { readFileSync, statSync } from "node:fs";
import type { Session } from "../../runner/run/session.ts";
import { type Golden, isGoldenText } from "../../runner/verify/golden.ts";
import type { JudgedRun } from "../../runner/verify/judge.ts";

/** How long a script that has printed everything may go on. It is not asked to do any more. */
const OPEN_LIMIT_MS = 3000;
const LOOK_MS = 250;

/**
 * Give a session that ends a script which has printed everything and does not end: a learner who forgot to
 * close the connection does not wait for the time limit.
 */
export function endOpenScripts(session: Session) {
  /** The outputs of the runs that were ended so. */
  const ended = new Set<string>();

  async function execute(...[run, client, execution = {}]: Parameters<Session["execute"]>) {
    const { golden, stop } = execution;
    if (!golden) return session.execute(run, client, execution);
    const end = new AbortController();
    let output: { readonly file: string; readonly firstByte: number } | undefined;
    let since: number | undefined;
    const look = setInterval(() => {
      if (!output || !hasPrinted(output.file, output.firstByte, golden)) since = undefined;
      else since ??= performance.now();
      if (since !== undefined && performance.now() - since > OPEN_LIMIT_MS) end.abort();
    }, LOOK_MS);
    try {
      const outcome = await session.execute(run, client, {
        ...execution,
        stop: stop ? AbortSignal.any([stop, end.signal]) : end.signal,
        onStart: (file, firstByte) => {
          output = { file, firstByte };
        },
      });
      if (end.signal.aborted && outcome.kind === "failed") ended.add(outcome.stdoutFile);
      return outcome;
    } finally {
      clearInterval(look);
    }
  }

  return {
    session: { ...session, execute },
    /** True if a client of the run was ended because it had printed everything. */
    isOpen: ({ clients }: JudgedRun) =>
      clients.some(({ outcome }) => outcome.kind === "failed" && ended.has(outcome.stdoutFile)),
  };
}

/** Of a longer output, it is not known before its end. */
const SIZE_LIMIT = 1024 * 1024;

function hasPrinted(file: string, firstByte: number, golden: Golden): boolean {
  if (statSync(file).size > SIZE_LIMIT) return false;
  return isGoldenText(golden, readFileSync(file).subarray(firstByte).toString("utf8"));
}

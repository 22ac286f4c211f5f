import { writeFileSync } from "node:fs";
import { digestOf } from "../../common/kept-texts.ts";
import { databaseUrl } from "../../connection/environment.ts";
import { databaseFailure } from "../../database/pool.ts";
import type { Failed, Finished } from "../../guide/outcome.ts";
import type { Place } from "../../run/session.ts";
import { asShown } from "../../verify/page-lines.ts";
import type { Page, SqlRun } from "../page.ts";
import { isOfRepeat } from "../read/announced-output.ts";
import { authorsLine } from "../sql/compare/authors-line.ts";
import { matchOutput } from "../sql/compare/compare-output.ts";
import { knownPartOf } from "../sql/explain/explain-difference.ts";
import type { BlockContext } from "../sql/explain/explain-error.ts";
import { sentBlock } from "../sql/explain/optional-blocks.ts";
import {
  asError,
  asOfSession,
  type Judged,
  judgeOutput,
  unshownError,
} from "../sql/judge-block.ts";
import { mayBeOtherSession, namesSession } from "../sql/parse/name-session.ts";
import { onlyReads } from "../sql/parse/only-reads.ts";
import { ofOneSession } from "../sql/parse/watch-sessions.ts";
import { formatResults } from "../sql/print/psql-format.ts";
import { plainDisplay } from "../sql/send/play-again.ts";
import { openPsqlClient } from "../sql/send/psql-client.ts";
import type { Played } from "../sql/send/send-block.ts";
import { openSqlSession } from "../sql/send/sql-session.ts";
import type { SqlResult } from "../sql/sql-result.ts";
import { Memory, openComparison } from "./compare-clients.ts";
import { namesDatabase, SHOWS_DATABASE } from "./connection.ts";

/** What another session does not see, or what makes it wait. */
const ofSession =
  /\b(?:begin|start\s+transaction|commit|rollback|savepoint|temp|temporary|(?:un)?listen|notify|lock|prepare|execute|declare|\w*advisory\w*|for\s+(?:no\s+key\s+)?(?:update|share)|currval|lastval)\b|(?:^|;)\s*(?:SET|RESET|DISCARD|FETCH)\b/im;

const players = new WeakMap<Page, ReturnType<typeof openSqlPlayer>>();

/** Gives the player of a page. A session that compiles its steps again goes on with the same one. */
export function sqlPlayerOf(page: Page) {
  const player = players.get(page) ?? openSqlPlayer(page);
  players.set(page, player);
  return player;
}

/** Sends the SQL of a page, and prints what psql would. */
function openSqlPlayer(page: Page) {
  const { sqlDrivers, settings, options, reachesBeyond, newest } = page;
  const memories = new Map<string, Memory>();
  // Only then does the page have servers of its own.
  const mayReachBeyond = reachesBeyond && databaseUrl() === undefined;
  const driverOf = (client: string) => sqlDrivers.get(client) ?? "pg";
  const runs = [...page.runs.values()];
  /** How many outputs of its block follow one another, from the first to the last. */
  function outputsOf({ index, part }: SqlRun): number {
    const first = index - part;
    let end = first + 1;
    for (let one = runs[end]; one?.kind === "sql" && one.part > 0; one = runs[end]) end++;
    return end - first;
  }
  /** The SQL that comes later in sessions that a reader keeps. */
  const sqlBelow = ({ index }: SqlRun) =>
    runs.slice(index + 1).flatMap((one) => {
      const isNext = one.kind === "sql" && one.part === 0 && !one.isCommand;
      return isNext ? one.sql : [];
    });
  const lastSql = runs.findLast((run) => run.kind === "sql");
  const { matchesOtherWay, varies } = openComparison(page, memories, mayReachBeyond);

  /** Going back makes a new, empty database of the same name. */
  function memoryOf(client: string, url: string, { index }: SqlRun, timeout: number): Memory {
    const old = memories.get(client);
    if (old?.url === url && old.last < index) return old;
    old?.psql.close().catch(() => {}); // its database may be gone
    const open = (onUnusable: () => void) =>
      openSqlSession(driverOf(client), url, { statementTimeout: timeout, onUnusable }).catch(
        (error: unknown) => {
          throw databaseFailure(error);
        },
      );
    const start = { ...plainDisplay, nullText: settings.nullText ?? "" };
    const memory = new Memory(url, openPsqlClient(open, start, mayReachBeyond));
    memories.set(client, memory);
    return memory;
  }

  async function send(run: SqlRun, memory: Memory): Promise<void> {
    const { doubts, psql } = memory;
    if (run.changed !== undefined) doubts.noteUnrun(run.changed, settings.sample !== undefined);
    const before = run.showsAbove ? memory.played : undefined;
    const played = await psql.send(run, doubts, sqlBelow(run));
    const { hasQuit } = played;
    const results = played.results.map((one) => ({ ...one, unknown: run.waits ?? one.unknown }));
    const refused = before?.refused ?? played.refused;
    memory.played = { ...played, results: [...(before?.results ?? []), ...results], refused };
    memory.shown = "";
    memory.taken.clear();
    memory.sent.push(sentBlock(run, results));
    for (const result of results) {
      if (!result.error) doubts.note(result);
      if (run.waits !== undefined && !onlyReads(result.statement))
        doubts.noteUnsent(result.statement, run.waits);
    }
    if (run.isCommand) return;
    // Where the page has several sessions, another one of them may go on.
    const isOnly = !memory.sessions.areShared() && !namesSession({ ...run, prose: "" });
    memory.hasQuit = hasQuit && isOnly;
  }

  return {
    async play(run: SqlRun, client: string, place: Place): Promise<Finished | Failed> {
      const { environment, golden, outputFile, timeout } = place;
      const started = performance.now();
      const memory = memoryOf(client, environment.DATABASE_URL ?? "", run, timeout);
      const { doubts, psql } = memory;
      memory.last = run.index;
      const hasLeft = run.isNew && !memory.sessions.areShared();
      if (!run.isCommand && run.part === 0 && (hasLeft || memory.hasQuit)) memory.startSession();
      const isBound = memory.bindsSession;
      memory.bindsSession ||= !run.isSetup && !run.isCommand && ofSession.test(run.sql);
      if (run.part === 0) {
        await send(run, memory);
        const sent = memory.played.results.map(({ statement }) => statement);
        const isNoted = !run.isSetup && !run.isCommand;
        if (isNoted) memory.whose = memory.sessions.note(run, sent, isBound);
      }
      const { results, display } = memory.played;
      const { bindsSession, isFailureShown } = memory;
      const outputs = outputsOf(run);
      const context: BlockContext = {
        ...run,
        display,
        doubts,
        results,
        newest,
        bindsSession,
        isFailureShown,
        outputs,
        isOtherSession:
          memory.sessions.areShared(run.section) || mayBeOtherSession(run, bindsSession),
        isOfRepeat: isOfRepeat(run),
        isZoneSet: settings.timeZone !== undefined,
        whose: run.isSetup || run.isCommand ? ofOneSession : memory.whose,
        probe: psql.probe,
        probeElsewhere: psql.probeElsewhere,
      };
      const onPage = golden?.bytes.toString("utf8") ?? "";
      const documented = run.volatile ? asVaried(onPage, memory.played, run.volatile) : onPage;
      const { played, taken } = memory;
      let judged: Judged = run.isShownBelow
        ? { kind: "match", text: "" }
        : await judgeOutput(played, documented, context, options.strict === true, taken);
      memory.shown += `\n${documented}`;
      if (judged.kind === "differs" && (await matchesOtherWay(client, run, documented, place))) {
        const note = "It matches without a block above that the page gives as an option.";
        judged = { kind: "match", text: documented, note };
      }
      judged = await asOfSession(judged, documented, context);
      if (judged.kind === "differs" && namesDatabase(judged.text, environment)) {
        judged = { ...judged, kind: "unverified", reason: SHOWS_DATABASE };
      }
      judged = asError(judged, documented, results);
      const isWhole = judged.kind === "match" && documented !== "" && run.part + 1 === outputs;
      if (isWhole) judged = (await unshownError(memory.shown, context)) ?? judged;
      const failed = results.filter(({ error }) => error !== undefined);
      if (failed.length > 0) memory.isFailureShown = judged.kind === "match";
      if (judged.kind !== "match") for (const one of failed) doubts.note(one);
      if (judged.kind === "unverified" && /^(?:ERROR|FATAL):/m.test(documented)) {
        // The page's server refused what this one did.
        for (const one of results) if (!one.error) doubts.noteOther(one.statement, judged.reason);
      }

      const isVaried = judged.kind === "match" && documented !== onPage;
      const text = isVaried ? onPage : judged.text;
      writeFileSync(outputFile, asShown(Buffer.from(text)), { mode: 0o600 });
      const ran = { stdoutFile: outputFile, stderr: "", exitCode: 0 };
      const duration = Math.round(performance.now() - started);
      if (judged.kind === "error") {
        const reason = { kind: "other", text: judged.reason } as const;
        return { kind: "failed", duration, ...ran, reason, goesOn: !run.isSetup };
      }
      const knownPart = knownPartOf(results, context);
      const digest = (all: readonly SqlResult[]) =>
        digestOf(formatResults(knownPart(all), plainDisplay));
      const differs = judged.kind === "differs";
      memory.judged.set(run.index, {
        differs,
        digest,
        printed: digest(results),
        sent: memory.sent.length,
      });
      const mayVary = await varies(client, run, place);
      const authors = differs ? authorsLine(documented, judged.text) : undefined;
      // To drop a database that is in use takes 100 ms longer, and its counts are not complete.
      if (run === lastSql) await psql.close();
      return {
        kind: "finished",
        duration,
        ...ran,
        mayVary,
        ...(judged.kind === "unverified" && { unverified: judged.reason }),
        ...(judged.kind === "match" && judged.note !== undefined && { note: judged.note }),
        ...(authors !== undefined && { authors }),
      };
    },
  };
}

/** Results of a block in which an output is looked for. */
const MOST_PLACES = 100;

/** What the page would show with the values of this run, in any form. It may leave out other results. */
function asVaried(onPage: string, { results, display }: Played, pattern: RegExp): string {
  const found = formatResults(results, display).match(pattern) ?? [];
  const last = Math.max(0, found.length - (onPage.match(pattern)?.length ?? 0));
  const withValues = (first: number) => {
    let index = first;
    return onPage.replace(pattern, (known) => found[index++] ?? known);
  };
  for (let first = last; first >= Math.max(0, last - MOST_PLACES); first--) {
    const text = withValues(first);
    if (matchOutput(text, results, display)) return text;
  }
  return withValues(last);
}

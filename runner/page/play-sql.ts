import { writeFileSync } from "node:fs";
import { databaseUrl } from "../connection/environment.ts";
import type { Failed, Finished } from "../guide/outcome.ts";
import type { Place } from "../run/session.ts";
import { asShown } from "../verify/page-lines.ts";
import type { Page, SqlRun } from "./page.ts";
import { matchOutput } from "./sql/compare-output.ts";
import { type Doubts, openDoubts } from "./sql/doubts.ts";
import type { BlockContext } from "./sql/explain-error.ts";
import { judgeBlock, unshownError } from "./sql/judge-block.ts";
import { type SentBlock, sentBlock, waysThrough } from "./sql/optional-blocks.ts";
import { differsByDriver, plainDisplay, playAgain } from "./sql/play-again.ts";
import { formatResults } from "./sql/psql-format.ts";
import { type Played, sendBlock } from "./sql/send-block.ts";
import { openSqlSession, type SqlSession } from "./sql/sql-session.ts";

/** Sends the SQL of a page, and prints what psql would. */
export interface SqlPlayer {
  play(run: SqlRun, client: string, place: Place): Promise<Finished | Failed>;
}

/** What a client's psql would remember from block to block. */
interface Memory {
  readonly url: string;
  readonly doubts: Doubts;
  session: SqlSession | undefined;
  /** The index of the last run. */
  last: number;
  /** Of the last block. */
  played: Played;
  /** What its outputs on the page have shown so far. */
  shown: string;
  /** Each block that was sent. Their results are not kept: there may be many. */
  readonly sent: SentBlock[];
  /** The last run that was compared with the page, and whether it differed. */
  judged: { readonly index: number; readonly differs: boolean };
  /** True once a block has differed between the drivers: what follows may only differ for that. */
  hasDiffered: boolean;
}

const players = new WeakMap<Page, SqlPlayer>();

/** Gives the player of a page. A session that compiles its steps again goes on with the same one. */
export function sqlPlayerOf(page: Page): SqlPlayer {
  const player = players.get(page) ?? openSqlPlayer(page);
  players.set(page, player);
  return player;
}

function openSqlPlayer(page: Page): SqlPlayer {
  const { sqlDrivers, settings, options, reachesBeyond, newest } = page;
  const memories = new Map<string, Memory>();
  // Only then does the page have servers of its own.
  const mayReachBeyond = reachesBeyond && databaseUrl() === undefined;
  const driverOf = (client: string) => sqlDrivers.get(client) ?? "pg";
  const lastSql = [...page.runs.values()].findLast((run) => run.kind === "sql");

  /** Going back makes a new, empty database of the same name. */
  function memoryOf(client: string, url: string, { index }: SqlRun): Memory {
    const old = memories.get(client);
    if (old?.url === url && old.last < index) return old;
    old?.session?.close().catch(() => {}); // its database may be gone
    const display = { ...plainDisplay, nullText: settings.nullText ?? "" };
    const memory: Memory = {
      ...{ url, doubts: openDoubts(), session: undefined, last: -1 },
      ...{ played: { results: [], refused: undefined, display }, shown: "", sent: [] },
      ...{ judged: { index: -1, differs: false }, hasDiffered: false },
    };
    memories.set(client, memory);
    return memory;
  }

  async function sessionOf(client: string, memory: Memory, timeout: number): Promise<SqlSession> {
    memory.session ??= await openSqlSession(driverOf(client), memory.url, {
      statementTimeout: timeout,
      onUnusable() {
        memory.session = undefined;
      },
    });
    return memory.session;
  }

  /**
   * The client that comes second looks, whichever of the two differs from the page. Without a client of each
   * driver, nothing can be told.
   */
  async function varies(client: string, { index }: SqlRun, timeout: number): Promise<boolean> {
    const own = memories.get(client);
    const other = [...memories].find(([name]) => driverOf(name) !== driverOf(client))?.[1];
    if (!own || other?.judged.index !== index || other.sent.length !== own.sent.length) return true;
    if (!own.judged.differs && !other.judged.differs) return true;
    const [mine, theirs] = [own.played.results, other.played.results];
    const [text, otherText] = [mine, theirs].map((results) => formatResults(results, plainDisplay));
    if (own.hasDiffered || text === otherText) return true;
    own.hasDiffered = true;
    other.hasDiffered = true;
    const isPg = driverOf(client) === "pg";
    const [pg, postgres] = isPg ? [mine, theirs] : [theirs, mine];
    const blocks = own.sent.map(({ sql }) => sql);
    return !(await differsByDriver(own.url, blocks, { pg, postgres }, timeout));
  }

  /** Looks whether a page shows what a reader sees who does not send all of its blocks. */
  async function matchOtherWay(client: string, documented: string, timeout: number) {
    const own = memories.get(client);
    if (!own) return false;
    for (const blocks of waysThrough(own.sent)) {
      // Where no database can be made, the page is as it was followed.
      const results = await playAgain(driverOf(client), own.url, blocks, timeout).catch(() => []);
      if (matchOutput(documented, results, own.played.display)) return true;
    }
    return false;
  }

  return {
    async play(run, client, { environment, golden, outputFile, timeout }) {
      const started = performance.now();
      const memory = memoryOf(client, environment.DATABASE_URL ?? "", run);
      const { doubts } = memory;
      const connect = () => sessionOf(client, memory, timeout);
      memory.last = run.index;
      if (run.part === 0) {
        const before = memory.played;
        memory.played = await sendBlock(run.sql, before.display, doubts, mayReachBeyond, connect);
        memory.shown = "";
        const { results } = memory.played;
        memory.sent.push(sentBlock(run.sql, run.prose, results));
        for (const result of results) if (!result.error) doubts.note(result);
      }
      const { results, display } = memory.played;
      const context: BlockContext = {
        ...run,
        ...{ display, doubts, results, newest },
        probe: async (sql) => (await connect()).send(sql),
      };
      const onPage = golden?.bytes.toString("utf8") ?? "";
      const documented = run.volatile ? asVaried(onPage, memory.played, run.volatile) : onPage;
      const isStrict = options.strict === true;
      const compared = await judgeBlock(memory.played, documented, context, isStrict);
      memory.shown += `\n${documented}`;
      const isWhole = compared.kind === "match" && documented !== "" && !run.hasMore;
      let judged = isWhole ? ((await unshownError(memory.shown, context)) ?? compared) : compared;
      if (judged.kind === "differs" && (await matchOtherWay(client, documented, timeout))) {
        const note = "It is so without a block above, which the page offers as another way.";
        judged = { kind: "match", text: documented, note };
      }
      if (judged.kind !== "match") for (const one of results) if (one.error) doubts.note(one);
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
        return { kind: "failed", duration, ...ran, reason: judged.reason, goesOn: !run.isSetup };
      }
      memory.judged = { index: run.index, differs: judged.kind === "differs" };
      const mayVary = await varies(client, run, timeout);
      // To drop a database that is in use takes 100 ms longer, and its counts are not complete.
      if (run === lastSql) await memory.session?.close();
      return {
        ...{ kind: "finished", duration, ...ran, mayVary },
        ...(judged.kind === "unverified" && { unverified: judged.reason }),
        ...(judged.kind === "match" && judged.note !== undefined && { note: judged.note }),
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

import type { Place } from "../../run/session.ts";
import type { Page, SqlRun } from "../page.ts";
import { matchOutput } from "../sql/compare/compare-output.ts";
import { openDoubts } from "../sql/explain/doubts.ts";
import { type SentBlock, waysThrough } from "../sql/explain/optional-blocks.ts";
import { ofOneSession, watchSessions } from "../sql/parse/watch-sessions.ts";
import { plainDisplay, playAgain } from "../sql/send/play-again.ts";
import type { PsqlClient } from "../sql/send/psql-client.ts";
import type { Played } from "../sql/send/send-block.ts";
import type { SqlResult } from "../sql/sql-result.ts";

/** A block that was compared with the page. */
export interface Compared {
  readonly differs: boolean;
  /** What results like its own print, without what is known to vary: a digest. */
  readonly digest: (results: readonly SqlResult[]) => string;
  readonly printed: string;
  /** How many blocks were sent by then. */
  readonly sent: number;
}

/** What a client's psql would remember from block to block. */
export class Memory {
  readonly url: string;
  readonly doubts = openDoubts();
  readonly psql: PsqlClient;
  /** The index of the last run. */
  last = -1;
  /** Of the last block. */
  played: Played = { results: [], refused: undefined, display: plainDisplay, hasQuit: false };
  /** What its outputs on the page have shown so far. */
  shown = "";
  /** Its results that they have shown. */
  readonly taken = new Set<SqlResult>();
  /** Each block that was sent. Their results are not kept: there may be many. */
  readonly sent: SentBlock[] = [];
  /** By the indexes of runs. The clients do not wait for one another. */
  readonly judged = new Map<number, Compared>();
  /** True once a block has differed between the clients: what follows may only differ for that. */
  hasDiverged = false;
  readonly roles = new Set<string>();
  /** To whose session the page's blocks belong. */
  sessions = watchSessions(this.roles);
  /** To which one the last block may. */
  whose = ofOneSession;
  /** True once something may look different to another session. */
  bindsSession = false;
  /** True if the last error is on the page. */
  isFailureShown = false;
  /** True once the last block has ended psql. */
  hasQuit = false;
  /** How many blocks that differ were played again. */
  replays = 0;

  constructor(url: string, psql: PsqlClient) {
    this.url = url;
    this.psql = psql;
  }

  /** Another session sees nothing of the one before. */
  startSession(): void {
    this.bindsSession = false;
    this.sessions = watchSessions(this.roles);
    this.hasQuit = false;
  }
}

/** Further blocks that differ are taken to vary, as those before them do. */
const MOST_REPLAYS = 10;

/**
 * Compares what the clients of a page got, in other databases if need be.
 * @param memories of the clients, by their names
 * @param mayReachBeyond true where only the page's own servers allow what it does
 */
export function openComparison(
  { sqlDrivers, runs }: Page,
  memories: ReadonlyMap<string, Memory>,
  mayReachBeyond: boolean,
) {
  const firstCommand = [...runs.values()].findIndex(({ kind }) => kind === "command");

  /** What a command did to the database, or only the page's own server allows, is not played again. */
  const isReplayable = ({ index }: SqlRun) =>
    !mayReachBeyond && (firstCommand < 0 || index < firstCommand);

  /** Where no database can be made, the page is as it was followed. */
  function playBlocks(client: string, blocks: readonly SentBlock[], place: Place) {
    const { openAnother, timeout } = place;
    return playAgain(sqlDrivers.get(client) ?? "pg", openAnother, blocks, timeout).catch(
      () => undefined,
    );
  }

  /** Looks whether a client's block prints the same in another database. */
  async function isRepeated(client: string, { sent }: Memory, judged: Compared, place: Place) {
    const again = await playBlocks(client, sent.slice(0, judged.sent), place);
    return again === undefined || judged.digest(again) === judged.printed;
  }

  /** Looks whether a page shows what a reader sees who does not send all of its blocks. */
  async function matchesOtherWay(client: string, run: SqlRun, documented: string, place: Place) {
    const own = memories.get(client);
    if (!own || !isReplayable(run)) return false;
    for (const blocks of waysThrough(own.sent)) {
      const results = (await playBlocks(client, blocks, place)) ?? [];
      if (matchOutput(documented, results, own.played.display)) return true;
    }
    return false;
  }

  /**
   * The clients that come later look, whichever of two differs from the page. What is not known to vary
   * differs with the client: by its driver, or by what its commands did.
   */
  async function varies(client: string, run: SqlRun, place: Place): Promise<boolean> {
    const own = memories.get(client);
    const mine = own?.judged.get(run.index);
    if (!own || !mine) return true;
    for (const [name, other] of memories) {
      const theirs = other.judged.get(run.index);
      if (other === own || !theirs || (!mine.differs && !theirs.differs)) continue;
      if (mine.printed === theirs.printed) {
        if (mine.differs && theirs.differs) return false;
        continue;
      }
      if (isReplayable(run) && !own.hasDiverged) {
        if (own.replays++ >= MOST_REPLAYS) continue;
        if (!(await isRepeated(client, own, mine, place))) continue;
        if (!(await isRepeated(name, other, theirs, place))) continue;
      }
      own.hasDiverged = true;
      return false;
    }
    return true;
  }

  return { matchesOtherWay, varies };
}

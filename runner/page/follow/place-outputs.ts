import { basename } from "node:path";
import type { Block, Fate, PageRun } from "../page.ts";
import { clientsFor } from "./clients.ts";
import type { OpenRun, openRuns, Reader } from "./open-run.ts";

/** A line above a block that shows what is in a table, rather than what a query prints. */
const describesData =
  /^\*\*(?!(?:outputs?|results?)\*)[\w ."`]+\*\*:?$|^(suppose|consider|assume|imagine|given)\b|\b(sample|source|original|input) (data|table|rows)\b/i;

export const HAS_ANOTHER = "the code above has another output.";
const GUESS = {
  reason: "nothing says that this is the output of the command above.",
  mayFail: false,
};

/** To what the next outputs belong. */
export interface Waiting {
  /** Of one block, without an output so far. */
  readonly runs: OpenRun[];
  /** The page may show several outputs of one block of SQL: each further one is a run of its own. */
  readonly more?: () => OpenRun;
  readonly block: Block;
  hasOutput: boolean;
  /** The run that has taken a block which may be its output: one that surely is takes its place. */
  guess?: { readonly one: OpenRun; readonly needs: PageRun; readonly block: Block } | undefined;
  /** The line after the block, or after its last output so far. */
  end: number;
}

type Output = Extract<Fate, { readonly kind: "output" }>;

/** Finds out to which run each output of a page belongs. */
export function placeOutputs(
  { file, lines, clients }: Reader,
  { begin, beginUnrun }: Pick<ReturnType<typeof openRuns>, "begin" | "beginUnrun">,
) {
  let waiting: Waiting | undefined;
  /** Why no run waits for an output. */
  let idle = "nothing above it is run.";

  /** An output in a tab is that of its client: the others go on waiting for theirs. */
  function takeFrom(runs: OpenRun[], own: readonly string[]): OpenRun | undefined {
    const at = runs.findIndex((one) => own.some((client) => one.clients.includes(client)));
    const one = runs[at];
    if (!one) return undefined;
    const rest = one.clients.filter((client) => !own.includes(client));
    if (rest.length === 0 || one.needs.kind === "sql") {
      runs.splice(at, 1);
      return one;
    }
    const { code } = one.run.step;
    const stem = one.run.step.name.replace(/^\d+-/, "");
    const split = begin(undefined, own, one.needs, { stem, text: one.run.step.title, code });
    one.clients = rest;
    return split;
  }

  /** It shows what is in a table, or there is much text between it and the SQL. */
  function isDoubtful(block: Block, { end }: Waiting): boolean {
    const between = lines.slice(end, block.line).join("\n");
    const paragraphs = between.split(/\n\s*\n/).filter((text) => text.trim() !== "").length;
    const most = /^\s*(?:ERROR|FATAL):/.test(block.content) ? 1 : 3;
    return describesData.test(block.above) || paragraphs > most;
  }

  function place(block: Block, { isGuess = false, repeats = 0, why, whyOfSql }: Output): void {
    const isOfSql = waiting && (waiting.more ?? waiting.runs[0]?.needs.kind === "sql");
    const uncompared = why ?? (isOfSql ? whyOfSql : undefined);
    if (uncompared !== undefined) {
      leaveOut(block, `${uncompared}.`);
      return;
    }
    const isElsewhere = waiting?.hasOutput && waiting.block.section !== block.section;
    const guess = isElsewhere || isGuess ? undefined : waiting?.guess;
    if (guess) {
      guess.one.needs = guess.needs;
      leaveOut(guess.block, "another block is clearly the output.");
    }
    const one =
      waiting && !isElsewhere
        ? (guess?.one ?? takeFrom(waiting.runs, clientsFor(block, clients)) ?? waiting.more?.())
        : undefined;
    if (!waiting || !one) {
      const why = isElsewhere ? "nothing above it in its section is run." : HAS_ANOTHER;
      leaveOut(block, waiting ? why : idle);
      return;
    }
    waiting.hasOutput = true;
    waiting.guess = isGuess ? { one, needs: one.needs, block } : undefined;
    if (one.needs.kind === "sql") {
      const isDoubt = isGuess || isDoubtful(block, waiting);
      const { above, isTable = false } = block;
      const prose = `${one.needs.prose}\n${above}`;
      one.needs = { ...one.needs, isGuess: isDoubt, isTable, prose, above };
    } else if (isGuess && one.needs.kind === "command") {
      one.needs = { ...one.needs, guess: one.needs.guess ?? GUESS };
    }
    waiting.end = block.end;
    show(one, block, block.first + repeats, block.last);
  }

  function show(one: OpenRun, block: Block, first: number, last: number): void {
    const { prefix, fence, isOpen, isTable, content } = block;
    const { volatile } = block.directives;
    const place = { file, name: basename(file), line: first + 1 };
    if (volatile === "all") {
      // An error that varies is still announced.
      if (one.needs.kind === "sql" && /^(?:ERROR|FATAL):/m.test(content)) {
        one.needs = { ...one.needs, prose: `${one.needs.prose}\n${content}` };
      }
      one.output = { kind: "none", ...place, reason: "the page says that it varies" };
      return;
    }
    one.needs = { ...one.needs, volatile };
    one.output = {
      kind: "lines",
      ...place,
      first,
      last,
      prefix,
      fence,
      ...(isOpen && { isOpen }),
      ...(isTable && { isTable }),
    };
  }

  /** Counts an output that is not compared. */
  function leaveOut(block: Block, reason: string): void {
    show(beginUnrun(block, reason), block, block.first, block.last);
  }

  return {
    /** The runs to which the next outputs belong. */
    get waiting(): Readonly<Waiting> | undefined {
      return waiting;
    },
    /** The next outputs are of these runs. */
    wait(
      block: Block,
      runs: OpenRun[],
      { more, hasOutput = false }: { more?: () => OpenRun; hasOutput?: boolean } = {},
    ): Readonly<Waiting> {
      waiting = { runs, block, hasOutput, end: block.end, ...(more && { more }) };
      return waiting;
    },
    /** The next outputs are of no run. @param why a sentence */
    stop(why: string): void {
      [waiting, idle] = [undefined, why];
    },
    place,
    show,
    leaveOut,
  };
}

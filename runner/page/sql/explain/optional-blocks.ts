import { withoutComments } from "../../../common/sql-text.ts";
import { tight } from "../parse/split-statements.ts";
import type { PsqlInput, SqlResult } from "../sql-result.ts";

/** A block that was sent. */
export interface SentBlock extends PsqlInput {
  /** Its statements that changed rows: their verb and table, and their whole text without blanks. */
  readonly changes: readonly (readonly [what: string, text: string])[];
  /** True if the page offers it instead of another block. */
  readonly isAlternative: boolean;
  /** True if the page puts together what is above it. */
  readonly isSummary: boolean;
  /** True if it only sets the style of outputs, which may be to show it. */
  readonly setsStyle: boolean;
}

/**
 * How a page begins what a reader does instead of what is above it. Only the first line of the text counts. "Instead of
 * deleting a row" says what the page has not done.
 */
export const instead =
  /^[^\S\n]*(?:[-*\d.)]+\s+)?(?:or\b|alternatively\b|instead\b(?!\s+of\b(?!\s+(?:this|that|these|those|it|the\s+(?:above|previous|last|first))\b))|if you (?:want|need|prefer|like)\b|another way\b)/i;
const summary = /^.*\b(?:together|complete|entire|whole|in full|summary)\b/i;
const styles =
  /^\s*SET\s+(?:SESSION\s+)?(?:intervalstyle|datestyle|time\s*zone|bytea_output|extra_float_digits|xmlbinary)\b/i;
/** On a longer page, an output that differs is not looked for in other ways. */
const MOST_BLOCKS = 500;

export function sentBlock(
  { sql, isCommand, isNew, prose }: PsqlInput & { readonly prose: string },
  results: readonly SqlResult[],
): SentBlock {
  const changes = results.flatMap(({ statement, error, tag }) => {
    if (error || !/^(?:INSERT|UPDATE|DELETE|MERGE)\b.* \d+$/.test(tag)) return [];
    const what = /^\s*(\w+)\s+(?:into\s+|from\s+)?(?:only\s+)?([\w."]+)/i.exec(
      withoutComments(statement),
    );
    return [[`${what?.[1]} ${what?.[2]}`.toLowerCase(), tight(statement)] as const];
  });
  return {
    sql,
    isCommand,
    isNew,
    changes,
    isAlternative: instead.test(prose),
    isSummary: summary.test(prose),
    setsStyle: results.some(setsStyle) && results.every((one) => setsStyle(one) || reads(one)),
  };
}

const setsStyle = ({ statement, error }: SqlResult) =>
  !error && styles.test(withoutComments(statement));
/** In the same block, a page also looks at what it has set. */
const reads = ({ statement, error }: SqlResult) =>
  !error && /^\s*(?:SELECT|SHOW)\b/i.test(withoutComments(statement));

/**
 * List what a reader may have sent of a page, other than all of it: of two ways to do something only one, and not
 * what only puts together what is above it, or shows a style.
 * @param sent all blocks so far; the last one is always sent
 * @returns the blocks of each way; none where the page has no such blocks
 */
export function waysThrough(sent: readonly SentBlock[]): SentBlock[][] {
  const later = new Set<SentBlock>();
  const earlier = new Set<SentBlock>();
  const seen = new Map<string, SentBlock>();
  for (const block of sent.length > MOST_BLOCKS ? [] : sent.slice(0, -1)) {
    if (block.setsStyle) later.add(block);
    for (const [what, text] of block.changes) {
      const replaced = block.isAlternative ? seen.get(what) : undefined;
      if (replaced) earlier.add(replaced);
      if (block.isAlternative || (block.isSummary && seen.has(text))) later.add(block);
    }
    for (const [what, text] of block.changes) seen.set(what, block).set(text, block);
  }
  return [later, earlier]
    .filter((left) => left.size > 0)
    .map((left) => sent.filter((one) => !left.has(one)));
}

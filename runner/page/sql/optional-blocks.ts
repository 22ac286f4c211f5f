import { tight } from "./split-statements.ts";
import type { SqlResult } from "./sql-result.ts";

/** A block that was sent. */
export interface SentBlock {
  readonly sql: string;
  /** Its statements that changed rows: their verb and table, and their whole text without blanks. */
  readonly changes: readonly (readonly [what: string, text: string])[];
  /** True if the page offers it instead of another block. */
  readonly isAlternative: boolean;
}

/** How a page begins what a reader does instead of what is above it. What is below it comes in later lines. */
const instead =
  /^[^\S\n]*(?:[-*\d.)]+\s+)?(?:or\b|alternatively\b|instead\b|if you (?:want|need|prefer|like)\b|another way\b)/i;

/** @param prose the text above a block, and below it */
export function isInstead(prose: string): boolean {
  return instead.test(prose);
}

/** @param prose see `isInstead` */
export function sentBlock(sql: string, prose: string, results: readonly SqlResult[]): SentBlock {
  const changes = results.flatMap(({ statement, error, tag }) => {
    if (error || !/^(?:INSERT|UPDATE|DELETE|MERGE)\b.* \d+$/.test(tag)) return [];
    const what = /^\s*(\w+)\s+(?:into\s+|from\s+)?(?:only\s+)?([\w."]+)/i.exec(statement);
    return [[`${what?.[1]} ${what?.[2]}`.toLowerCase(), tight(statement)] as const];
  });
  return { sql, changes, isAlternative: isInstead(prose) };
}

/**
 * List what a reader may have sent of a page, other than all of it: of two ways to do something only one, and what
 * the page has twice only once.
 * @param sent all blocks so far; the last one is always sent
 * @returns the blocks of each way; none where the page has no such blocks
 */
export function waysThrough(sent: readonly SentBlock[]): string[][] {
  const before = sent.slice(0, -1);
  const isAgain = ({ changes }: SentBlock, index: number) =>
    changes.some(([, text]) =>
      before.slice(0, index).some((one) => one.changes.some(([, other]) => other === text)),
    );
  const isOther = ({ isAlternative, changes }: SentBlock) => isAlternative && changes.length > 0;
  const later = new Set(before.filter((one, index) => isOther(one) || isAgain(one, index)));
  const earlier = new Set(
    before.flatMap((one, index) => {
      if (!isOther(one)) return [];
      const [what] = one.changes[0] ?? [];
      const replaced = before
        .slice(0, index)
        .findLast(({ changes }) => changes.some(([other]) => other === what));
      return replaced ? [replaced] : [];
    }),
  );
  return [later, earlier]
    .filter((left) => left.size > 0)
    .map((left) => sent.filter((one) => !left.has(one)).map(({ sql }) => sql));
}

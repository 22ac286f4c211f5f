import type { Block } from "../page.ts";
import { verb } from "../sql/parse/psql-shapes.ts";
import { hasPrompt } from "../sql/parse/read-session.ts";
import { isOpenEnded, splitStatements } from "../sql/parse/split-statements.ts";

/** Not the title of what `\\d` prints. */
const begins = new RegExp(`^(?!table\\s+")${verb}`, "i");
/** What ends psql, or throws away what it waits with. */
const drops = /^\\(?:q|quit|r|reset|c|connect)$/;

/** Watches whether a reader's psql waits for the end of a statement: only where the page has opened it. */
export function watchStatements() {
  let isInPsql = false;
  /** Why it waits now, and why it did above the last block. */
  let waits: string | undefined;
  let before: string | undefined;

  /** Notes a block of SQL, with all that continues it. @returns why it is not known what psql prints */
  function read(block: Block, sql: string): string | undefined {
    if (hasPrompt(block.content)) {
      isInPsql = true;
      waits = undefined;
      return undefined;
    }
    if (!isInPsql) return undefined;
    const parts = splitStatements(sql);
    const statements = parts.flatMap((part) => (part.kind === "statement" ? part.text : []));
    // What begins otherwise is an output, and a reader does not type it.
    const isOpen = isOpenEnded(sql) && begins.test(statements.at(-1) ?? "");
    const isEnded = statements.length > (isOpenEnded(sql) ? 1 : 0);
    const isDropped = parts.some((part) => part.kind === "meta" && drops.test(part.command));
    const own = `psql waits for the ";" of the statement in line ${block.line + 1}.`;
    waits = isOpen ? own : isEnded || isDropped ? undefined : before;
    if (parts.some((part) => part.kind === "meta" && part.command === "\\q")) isInPsql = false;
    return before ?? waits;
  }

  return {
    open(): void {
      [isInPsql, waits] = [true, undefined];
    },
    leave(): void {
      [isInPsql, waits] = [false, undefined];
    },
    begin(block: Block, sql: string): string | undefined {
      before = waits;
      return read(block, sql);
    },
    /** Notes the last block again, with what continues it. */
    goOn: read,
  };
}

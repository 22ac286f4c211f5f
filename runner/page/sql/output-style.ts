import type { BlockContext } from "./explain-error.ts";
import type { SqlResult } from "./sql-result.ts";

const styles =
  /^\s*SET\s+(?:SESSION\s+)?(intervalstyle|datestyle|time\s*zone|bytea_output|extra_float_digits|xmlbinary)\b/i;

/** What may be sent again: it changes nothing. */
const onlyReads = /^\s*(?:SELECT|VALUES|TABLE)\b(?!.*\b(?:nextval|setval|into)\b)/is;

/** The style of outputs that a block sets, such as "intervalstyle". */
export function styleSet(results: readonly SqlResult[]): string | undefined {
  const set = results.findLast(({ statement, error }) => !error && styles.test(statement));
  return styles
    .exec(set?.statement ?? "")?.[1]
    ?.toLowerCase()
    .replace(/\s+/, "");
}

/**
 * Ask for results again in the default style. An earlier block may have set another one only to show it.
 * @returns undefined where no block has set one, or the results are not those of queries
 */
export async function inDefaultStyle(
  results: readonly SqlResult[],
  { style, probe }: BlockContext,
): Promise<SqlResult[] | undefined> {
  if (style === undefined || !results.every(({ statement }) => onlyReads.test(statement))) {
    return undefined;
  }
  const { rows } = await probe(`SELECT quote_literal(current_setting('${style}'))`);
  await probe(`SET ${style} TO DEFAULT`);
  const plain: SqlResult[] = [];
  for (const { statement } of results) plain.push(await probe(statement));
  await probe(`SET ${style} = ${rows[0]?.[0]}`);
  return plain;
}

/** What begins a statement: the source of a pattern. IMPORT alone begins a line of Python or JavaScript, too. */
export const verb =
  "(?:ABORT|ALTER|ANALYZE|BEGIN|CALL|CHECKPOINT|CLOSE|CLUSTER|COMMENT|COMMIT|COPY|CREATE|DEALLOCATE|DECLARE|DELETE|DISCARD|DO|DROP|END|EXECUTE|EXPLAIN|FETCH|GRANT|IMPORT\\s+FOREIGN|INSERT|LISTEN|LOAD|LOCK|MERGE|MOVE|NOTIFY|PREPARE|REASSIGN|REFRESH|REINDEX|RELEASE|RESET|REVOKE|ROLLBACK|SAVEPOINT|SECURITY\\s+LABEL|SELECT|SET|SHOW|START|TABLE|TRUNCATE|UNLISTEN|UPDATE|VACUUM|VALUES|WITH)\\b";

/** A line below a header: `----+----`, also of Markdown and of frames, and with a typo. */
export const rule = /^[\s|+:=]*-[\s|+:=-]*$/;
export const recordLine = /^-\[ RECORD (\d+) \]/i;

const tag =
  /^(INSERT (?:0 )?\d+|(SELECT|UPDATE|DELETE|MERGE|COPY|MOVE|FETCH) \d+|(CREATE|DROP|ALTER|REFRESH) [A-Z ]+|BEGIN|COMMIT|ROLLBACK|START TRANSACTION|SAVEPOINT|RELEASE|TRUNCATE TABLE|GRANT|REVOKE|SET|RESET|ANALYZE|VACUUM|DO|CALL|COMMENT|EXPLAIN|PREPARE|EXECUTE|DEALLOCATE|DECLARE CURSOR|CLOSE CURSOR|LOCK TABLE|LISTEN|NOTIFY|REINDEX|CLUSTER)$/;

/** Where psql reads a file, and as other clients begin an error. */
const client = "(?:psql:[^:]+:\\d+: |\\[Err\\] |SQL Error \\[\\w+\\]: |\\[\\w{5}\\] )";
export const errorPrefix = new RegExp(`^${client}(?=[A-Z]+:)`);
const message = new RegExp(`^${client}?(?:ERROR|NOTICE|WARNING|FATAL|INFO): {1,2}\\S`);

/** What is between the "|" of a line, with a border or without. */
export function cellsOf(line: string): string[] {
  const inner = line.trim().replace(/^\||\|$/g, "");
  return inner.split("|").map((cell) => cell.trim());
}

/** True for a line such as `INSERT 0 1`. */
export function isTag(line: string): boolean {
  return tag.test(line.trim());
}

/** The number in `(2 rows)`. */
export function countIn(line: string): number | undefined {
  const count = /^\((\d+) rows?\)$/i.exec(line.trim())?.[1];
  return count === undefined ? undefined : Number(count);
}

/** True if psql, or a client like it, may begin an output in this way. */
export function beginsOutput(lines: readonly string[], at: number): boolean {
  const line = lines[at] ?? "";
  const next = lines[at + 1] ?? "";
  // A line of "-" below a comment or a statement is a comment, too.
  const isRuled =
    /^\s*-{3,}(\+-+)*\s*$/.test(next) && line.trim() !== "" && !/^\s*--|;\s*$/.test(line);
  return (
    isRuled ||
    isTag(line) ||
    message.test(line) ||
    recordLine.test(line) ||
    /^\s*[+┌╔]?[-─═]{2,}[-+─═┬╦]*[+┐╗]\s*$/.test(line) ||
    /^\s*[─═]+([┼╪][─═]+)*\s*$/.test(next) ||
    /^\|?[\s:|-]*-{2,}[\s:|-]*\|[\s:|-]*$/.test(next) ||
    /^# \| /.test(line)
  );
}

/** psql's own shapes: a rule below a header, tags, errors, expanded records, Markdown tables. */
export function isPsqlOutput(content: string): boolean {
  const lines = content.split("\n").filter((line) => line.trim() !== "");
  if (lines.length === 0) return false;
  // Tags may come first, above a table.
  const rest = lines.findIndex((line) => !isTag(line));
  return rest < 0 || beginsOutput(lines, rest);
}

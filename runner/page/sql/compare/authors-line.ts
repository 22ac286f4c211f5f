import { isAnyLines } from "../../../verify/pattern.ts";
import { countIn, errorPrefix, isTag, recordLine, rule } from "../parse/psql-shapes.ts";
import { tight } from "../parse/split-statements.ts";
import { annotation, ofPsql, withoutDrawing } from "./compare-output.ts";
import { ellipsis } from "./match-grid.ts";
import { linesOf } from "./match-lines.ts";

const message =
  /^(?:ERROR|FATAL|PANIC|WARNING|NOTICE|INFO|LOG|DEBUG\d?|LINE \d+|DETAIL|HINT|QUERY|CONTEXT|STATEMENT|LOCATION|SQL state|Character|Detail|Hint):|^\s*\^$/;

/**
 * Find what the author has written into an output, and an update would lose: a line that is in no form of a result,
 * a note behind a row, or a sign for rows that are left out.
 * @param printed what takes the place of the output
 */
export function authorsLine(documented: string, printed: string): string | undefined {
  const olds = linesOf(documented.replaceAll("\r\n", "\n"));
  const news = linesOf(printed);
  const kept = tight(printed);
  const isLost = (text: string) => !kept.includes(tight(text));
  // A value may look like a note.
  const hasNotes = !news.some((line) => noteIn(line));
  const values = news.filter((line) => !isFormal(line) && !isRow(line));
  const header = olds[olds.findIndex((line) => rule.test(line)) - 1] ?? "";
  const isIndented = /^\s/.test(header);
  const isValue = (line: string) =>
    values.length > 0 &&
    (!isIndented || /^\s/.test(line)) &&
    (!isSentence(line) || values.some(isSentence));
  return olds.find((line) => {
    if (line.trim() === "" || isAnyLines(line)) return false;
    if (ellipsis.test(line)) return isLost(line);
    const note = hasNotes ? noteIn(line) : undefined;
    if (note !== undefined && isLost(note)) return true;
    return !isFormal(line) && !isRow(line) && isLost(line) && !isValue(line);
  });
}

function noteIn(line: string): string | undefined {
  const [note] = annotation.exec(line) ?? [];
  const isBehind = note !== undefined && note !== line && !isRow(note);
  return isBehind && !rule.test(withoutDrawing(line)) ? note : undefined;
}

/** True for what a client prints around rows and values. */
function isFormal(line: string): boolean {
  return (
    line.trim() === "" ||
    rule.test(withoutDrawing(line)) ||
    recordLine.test(line) ||
    countIn(line) !== undefined ||
    isTag(line.replace(/;$/, "").toUpperCase()) ||
    ofPsql.test(line) ||
    message.test(line.replace(errorPrefix, ""))
  );
}

const isRow = (line: string) => /[|│║]/.test(line);

/** Three words, or what announces something. */
const isSentence = (line: string) => /\S\s+\S+\s+\S/.test(line) || /\w:$/.test(line);

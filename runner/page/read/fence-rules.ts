import type { StateBlock } from "markdown-it";

const [backtick, tilde] = [0x60, 0x7e];

/**
 * Reads a fenced block, as the rule of markdown-it does, but with any indentation: what is in tabs, or in
 * a component, is often indented more than CommonMark takes.
 */
export function fenceRule(
  state: StateBlock,
  startLine: number,
  endLine: number,
  silent: boolean,
): boolean {
  const start = startOf(state, startLine);
  const marker = state.src.charCodeAt(start);
  if (marker !== backtick && marker !== tilde) return false;
  const infoStart = state.skipChars(start, marker);
  const length = infoStart - start;
  if (length < 3) return false;
  const info = state.src.slice(infoStart, state.eMarks[startLine]);
  if (marker === backtick && info.includes("`")) return false;
  if (silent) return true;

  const indentation = state.sCount[startLine] ?? 0;
  let line = startLine + 1;
  let isClosed = false;
  for (; line < endLine && !isClosed; line++) {
    const own = state.sCount[line] ?? 0;
    // It is over where the list item is, or the quote.
    if (!state.isEmpty(line) && own < state.blkIndent) break;
    const at = startOf(state, line);
    const end = state.skipChars(at, marker);
    const isLong = end - at >= length;
    isClosed =
      isLong && own < indentation + 4 && state.skipSpaces(end) >= (state.eMarks[line] ?? 0);
  }
  state.line = line;
  const token = state.push("fence", "code", 0);
  token.info = info;
  token.content = state.getLines(startLine + 1, isClosed ? line - 1 : line, indentation, true);
  token.markup = state.src.slice(start, infoStart);
  token.map = [startLine, line];
  return true;
}

/** A line of text by itself. A longer paragraph would take a fence that is indented after it. */
export function lineRule(state: StateBlock, startLine: number): boolean {
  state.line = startLine + 1;
  return true;
}

function startOf(state: StateBlock, line: number): number {
  return (state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0);
}

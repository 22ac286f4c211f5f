import type { ChangedLine, ClientResult, Details, DoneState, Statement } from "../messages.ts";
import { counted, element, lines } from "./elements.ts";
import { changedLines, diffFigure, textFigure } from "./figures.ts";
import { tableFigures } from "./tables.ts";

/** What a client has printed so far. */
export function runningFigure(text: string): HTMLElement {
  return outputFigure("output", "Output", "running", text);
}

/**
 * A client's output and what is wrong with it, its tables, and its statements.
 * @param isOpen whether the statements are shown
 */
export function resultFigures(result: ClientResult, isOpen: boolean): HTMLElement[] {
  const { file, output, note, isGood, isVersion, details } = result;
  const kind = isGood ? (isVersion ? "own" : "verified") : "unverified";
  const sign = isGood ? (isVersion ? "✎ your version ·" : "✓") : "✗";
  const title = isVersion ? `Output of your version of ${file}` : `Output of ${file}`;
  const figure = outputFigure(`output ${kind}`, title, `${sign} ${note}`, output);
  return [
    element("div", "printed", figure, ...detailsFigure(details)),
    element("div", "database", ...tableFigures(result)),
    ...statementsFigure(result.statements, isOpen),
  ];
}

function outputFigure(className: string, title: string, note: string, text: string): HTMLElement {
  const parts = [element("span", "title", title), element("span", "badge", note)];
  const caption = element("figcaption", "", ...parts);
  const printed = element("pre", "", element("samp", "", ...lines(text)));
  return element("figure", className, caption, printed);
}

function detailsFigure(details: Details): HTMLElement[] {
  switch (details.kind) {
    case "none":
      return [];
    case "diff":
      return [diffFigure("The difference", details.lines, "changes wrong")];
    case "error":
      return [errorFigure(details)];
    case "skipped":
      return [textFigure("Why it did not run", lines(details.because), "changes wrong")];
  }
}

/** The message in one line, and where. What else was written is folded. */
function errorFigure({
  summary,
  line,
  name,
  lines: all,
}: Extract<Details, { kind: "error" }>): HTMLElement {
  const place = `${name}, line ${line}`;
  const isSaid = line === 0 || summary.includes(place); // a compiler's message begins with it
  const where = isSaid ? [] : [element("span", "where", place)];
  const caption = element("figcaption", "", "The error");
  const text = element("p", "summary-line", summary, " ", ...where);
  if (all.length === 0) return element("figure", "changes wrong", caption, text);
  const whole = element("pre", "", ...all.flatMap(lines));
  const rest = element("details", "", element("summary", "", "All that it wrote"), whole);
  return element("figure", "changes wrong", caption, text, rest);
}

/** The lines that differ from what the step printed the last time. */
export function changesFigure(changes: readonly ChangedLine[] | undefined): HTMLElement[] {
  if (!changes) return [];
  if (changes.length === 0) return [element("p", "", "The output is the same as the last time.")];
  return [textFigure("Compared with the last time:", changedLines(changes))];
}

/** Says whether the databases of all clients are the same after the run. */
export function comparisonText({ databases }: DoneState): HTMLElement[] {
  switch (databases.kind) {
    case "unknown":
      return [];
    case "same": {
      const all = databases.databases === 2 ? "Both" : `All ${databases.databases}`;
      return [element("p", "agree", `✓ ${all} databases have the same content.`)];
    }
    case "different": {
      const items = databases.differences.map((text) => element("li", "", text));
      const head = element("p", "", element("strong", "", "! The databases differ"));
      return [element("div", "differences", head, element("ul", "", ...items))];
    }
  }
}

function statementsFigure(
  statements: readonly Statement[] | undefined,
  isOpen: boolean,
): HTMLElement[] {
  if (!statements) return [];
  const count = counted(statements.length, "statement");
  const summary = element("summary", "", `What it sent to the server: ${count}`);
  const list = element("ol", "statements", ...statements.map(statementItem));
  const details = element("details", "sent", summary, list);
  details.open = isOpen;
  return [details];
}

function statementItem({ text, parameters, duration, rows, error }: Statement): HTMLElement {
  const facts = [
    duration === undefined ? "" : `${duration} ms`,
    rows === undefined ? "" : counted(rows, "row"),
  ].filter(Boolean);
  const parts = [element("code", "", text)];
  if (parameters) parts.push(element("code", "parameters", parameters));
  if (error) parts.push(element("span", "refused", error));
  return element("li", "", ...parts, element("span", "facts", facts.join(" · ")));
}

import type { ChangedText, ClientResult, Details, DoneState } from "../messages.ts";
import { element, lines } from "./elements.ts";
import { statementsFigure } from "./statements.ts";
import { tableFigures } from "./tables.ts";

/** What a client has printed so far. */
export function runningFigure(text: string): HTMLElement {
  return outputFigure("output", "Output", "running", text);
}

/**
 * What a client printed, and what is wrong with it; beside it, where there is room, its database.
 * @param isOpen whether its statements show
 */
export function doneFigures(result: ClientResult, isOpen: boolean): HTMLElement[] {
  const { file, output, note, isGood, details } = result;
  const mark = `${isGood ? "✓" : "✗"} ${note}`;
  const kind = isGood ? "verified" : "unverified";
  const printed = [
    outputFigure(`output ${kind}`, `Output of ${file}`, mark, output),
    ...detailsFigure(details),
  ];
  return [
    element("div", "printed", ...printed),
    element("div", "database", ...tableFigures(result)),
    ...statementsFigure(result.statements, isOpen),
  ];
}

/** The lines that a step printed otherwise the last time. */
export function changesFigure(changes: readonly ChangedText[] | undefined): HTMLElement[] {
  if (!changes) return [];
  if (changes.length === 0) return [element("p", "", "This is what it printed the last time.")];
  const caption = element("figcaption", "", "Compared with the last time:");
  const changed = changes.map(({ sign, text }) =>
    sign === "+" ? element("ins", "", `+ ${text}\n`) : element("del", "", `− ${text}\n`),
  );
  return [element("figure", "changes", caption, element("pre", "", ...changed))];
}

/** Whether all clients' databases hold the same after the run. */
export function comparisonText({ databases }: DoneState): HTMLElement[] {
  switch (databases.kind) {
    case "unknown":
      return [];
    case "same": {
      const all = databases.databases === 2 ? "Both" : `All ${databases.databases}`;
      return [element("p", "agree", `✓ ${all} databases hold the same.`)];
    }
    case "different": {
      const named = databases.named.map((text) => element("li", "", text));
      const head = element("p", "", element("strong", "", "! The databases differ"));
      return [element("div", "differences", head, element("ul", "", ...named))];
    }
  }
}

function outputFigure(className: string, title: string, mark: string, text: string): HTMLElement {
  const caption = element(
    "figcaption",
    "",
    element("span", "title", title),
    element("span", "badge", mark),
  );
  const printed = element("pre", "", element("samp", "", ...lines(text)));
  return element("figure", className, caption, printed);
}

function detailsFigure(details: Details): HTMLElement[] {
  switch (details.kind) {
    case "none":
      return [];
    case "diff":
      return [wrongFigure("What is different", details.lines.map(diffLine))];
    case "error":
      return [wrongFigure("The error", details.lines.flatMap(lines))];
    case "skipped":
      return [wrongFigure("Why it did not run", lines(details.because))];
  }
}

function wrongFigure(title: string, said: readonly HTMLElement[]): HTMLElement {
  const caption = element("figcaption", "", title);
  return element("figure", "changes wrong", caption, element("pre", "", ...said));
}

function diffLine(line: string): HTMLElement {
  const isHead = /^(---|\+\+\+|@@)/.test(line);
  if (!isHead && line.startsWith("+")) return element("ins", "", `${line}\n`);
  if (!isHead && line.startsWith("-")) return element("del", "", `${line}\n`);
  return element("span", "line", `${line}\n`);
}

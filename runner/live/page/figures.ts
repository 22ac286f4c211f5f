import type { ChangedText, ClientResult, DoneState } from "../messages.ts";
import { element, lines } from "./elements.ts";
import { statementsFigure } from "./statements.ts";
import { tableFigures } from "./tables.ts";

/** What a client has printed so far. */
export function runningFigure(text: string): HTMLElement {
  return outputFigure("output", "running", text);
}

/**
 * What a client printed, and what is wrong with it; beside it, where there is room, its database.
 * @param isOpen whether its statements show
 */
export function doneFigures(result: ClientResult, isOpen: boolean): HTMLElement[] {
  const { output, note, isGood, details } = result;
  const mark = `${isGood ? "✓" : "✗"} ${note}`;
  const printed = [
    outputFigure(isGood ? "output verified" : "output unverified", mark, output),
    ...(details.length > 0 ? [detailsFigure(details)] : []),
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

function outputFigure(className: string, mark: string, text: string): HTMLElement {
  const caption = element(
    "figcaption",
    "",
    element("span", "title", "Output"),
    element("span", "mark", mark),
  );
  const printed = element("pre", "", element("samp", "", ...lines(text)));
  return element("figure", className, caption, printed);
}

function detailsFigure(details: readonly string[]): HTMLElement {
  const painted = details.map((line) => {
    const isHead = /^(---|\+\+\+|@@)/.test(line);
    const name = isHead
      ? "span"
      : line.startsWith("+")
        ? "ins"
        : line.startsWith("-")
          ? "del"
          : "span";
    return element(name, name === "span" ? "line" : "", `${line}\n`);
  });
  const caption = element("figcaption", "", "What is different");
  return element("figure", "changes wrong", caption, element("pre", "", ...painted));
}

import type { ChangedText, ClientResult } from "../messages.ts";
import { element, lines } from "./elements.ts";

/** What a client has printed so far. */
export function runningFigure(text: string): HTMLElement {
  return outputFigure("output", "running", text);
}

/** What a client printed, and what is wrong with it. */
export function doneFigures({ output, note, isGood, details }: ClientResult): HTMLElement[] {
  const mark = `${isGood ? "✓" : "✗"} ${note}`;
  const figure = outputFigure(isGood ? "output verified" : "output unverified", mark, output);
  return details.length > 0 ? [figure, detailsFigure(details)] : [figure];
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

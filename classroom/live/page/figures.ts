import type { ChangedLine } from "../messages.ts";
import { element } from "./elements.ts";

/** A text below a title. */
export function textFigure(
  title: string,
  content: readonly HTMLElement[],
  className = "changes",
): HTMLElement {
  const caption = element("figcaption", "", title);
  return element("figure", className, caption, element("pre", "", ...content));
}

/** A unified diff. */
export function diffFigure(title: string, diff: readonly string[], className?: string) {
  return textFigure(title, diff.map(diffLine), className);
}

function diffLine(line: string): HTMLElement {
  const isHead = /^(---|\+\+\+|@@)/.test(line);
  if (!isHead && line.startsWith("+")) return element("ins", "", `${line}\n`);
  if (!isHead && line.startsWith("-")) return element("del", "", `${line}\n`);
  return element("span", "line", `${line}\n`);
}

/** Lines that went and came. */
export function changedLines(changes: readonly ChangedLine[]): HTMLElement[] {
  return changes.map(({ sign, text }) =>
    sign === "+" ? element("ins", "", `+ ${text}\n`) : element("del", "", `− ${text}\n`),
  );
}

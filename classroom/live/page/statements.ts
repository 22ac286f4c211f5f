import type { Statement } from "../messages.ts";
import { element } from "./elements.ts";

/** What a client sent to the server, folded up until a reader asks for it. */
export function statementsFigure(
  statements: readonly Statement[] | undefined,
  isOpen: boolean,
): HTMLElement[] {
  if (!statements) return [];
  const count = `${statements.length} statement${statements.length === 1 ? "" : "s"}`;
  const summary = element("summary", "", `What it sent to the server: ${count}`);
  const list = element("ol", "statements", ...statements.map(itemOf));
  const details = element("details", "sent", summary, list);
  details.open = isOpen;
  return [details];
}

function itemOf({ text, parameters, duration, rows, error }: Statement): HTMLElement {
  const facts = [
    duration === undefined ? "" : `${duration} ms`,
    rows === undefined ? "" : `${rows} row${rows === 1 ? "" : "s"}`,
  ].filter(Boolean);
  const parts = [element("code", "", text)];
  if (parameters) parts.push(element("code", "parameters", parameters));
  if (error) parts.push(element("span", "refused", error));
  return element("li", "", ...parts, element("span", "facts", facts.join(" · ")));
}

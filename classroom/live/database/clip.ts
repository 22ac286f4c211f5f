/** Characters. More of a value than this, nobody reads on a page. */
export const VALUE_SHOWN = 200;
/** The same for a statement, and for all of its parameters. */
export const TEXT_SHOWN = 4000;
/** Statements of one run. */
export const STATEMENTS_SHOWN = 200;

export function clip(text: string, most = VALUE_SHOWN): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

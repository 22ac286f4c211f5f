import { hideSecrets } from "../common/secrets.ts";
import { escapeMarkup } from "../common/visible.ts";

/** Text that is HTML already. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What can stand in a template. A plain string is text: it is escaped. */
export type Part = Html | string | number | undefined | readonly Part[];

/** Makes HTML. Whatever is put into the template is escaped, without secrets, unless it is HTML already. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const text = strings.map((string, index) => string + textOf(parts[index]));
  return new Html(text.join(""));
}

function textOf(part: Part): string {
  if (part === undefined) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "object") return part.map(textOf).join("");
  return escapeMarkup(hideSecrets(String(part)));
}

import {
  type BundledLanguage,
  bundledLanguages,
  createHighlighter,
  type ThemedTokenWithVariants,
} from "shiki";
import { type Html, html } from "./markup.ts";

/** Both have a contrast of 4.5 and more on the page's own backgrounds. */
const themes = { light: "github-light-high-contrast", dark: "github-dark-default" } as const;

export interface Highlighter {
  /** Highlights code, one `<span class="line">` a line. Of an unknown language, it is plain. */
  highlight(code: string, language: string): Html;
  /** The style sheet for all that was highlighted so far. */
  style(): string;
  /** Frees the memory of the grammars. */
  dispose(): void;
}

/**
 * Makes a highlighter. It puts colours into classes: a strict policy allows no `style` attributes.
 * @param languages those that will be asked for
 */
export async function makeHighlighter(languages: Iterable<string>): Promise<Highlighter> {
  const known = [...new Set(languages)].filter(isKnown);
  const shiki = await createHighlighter({ themes: Object.values(themes), langs: known });
  const classes = new Map<string, string>();

  function classOf({ light, dark }: ThemedTokenWithVariants["variants"]): string {
    const colors = `${light?.color ?? "inherit"} ${dark?.color ?? "inherit"}`;
    const name = classes.get(colors) ?? `k${classes.size}`;
    classes.set(colors, name);
    return name;
  }

  function span({ content, variants }: ThemedTokenWithVariants): Html {
    // Blanks stay outside: between two words, a line may break.
    const [, before = "", word = "", after = ""] = /^(\s*)(.*?)(\s*)$/s.exec(content) ?? [];
    if (word === "") return html`${content}`;
    return html`${before}<span class="${classOf(variants)}">${word}</span>${after}`;
  }

  return {
    highlight(code, language) {
      const lang = known.find((one) => one === language) ?? "text";
      // Without a time limit: on a busy machine, the rest of a line would stay without its colours.
      const lines = shiki.codeToTokensWithThemes(code.replace(/\n$/, ""), {
        lang,
        themes,
        tokenizeTimeLimit: 0,
      });
      return html`${lines.map((line) => html`<span class="line">${line.map(span)}\n</span>`)}`;
    },
    style() {
      const rules = [...classes].map(([colors, name]) => {
        const [light = "", dark = ""] = colors.split(" ");
        return `.${name} { color: light-dark(${light}, ${dark}); }`;
      });
      return `${rules.join("\n")}\n`;
    },
    dispose: () => shiki.dispose(),
  };
}

function isKnown(language: string): language is BundledLanguage {
  return Object.hasOwn(bundledLanguages, language);
}

import { isOnGithub } from "./ci.ts";
import { hideSecrets } from "./secrets.ts";

/**
 * Makes what others wrote fit to be shown. Secrets are hidden. Control and formatting characters are made visible: what a
 * step or a server says must not move the reader's cursor, set a title, or turn the text around. Line feeds and tabs stay.
 */
export function visible(text: string): string {
  return hideSecrets(text).replace(/(?![\n\t])[\p{Cc}\p{Cf}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code > 0xff ? `\\u{${code.toString(16)}}` : `\\x${code.toString(16).padStart(2, "0")}`;
  });
}

/** Makes visible what a text file, XML 1.0 and YAML cannot hold, or take for an end of line. */
export function printable(text: string): string {
  return visible(text).replace(/[\p{Cs}\p{Zl}\p{Zp}\uFFFE\uFFFF]/gu, (character) => {
    return `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
}

/** For text, and for values in double quotes, in HTML and XML: https://html.spec.whatwg.org/multipage/syntax.html */
export function escapeMarkup(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** A text that has to stay within a line. */
export function oneLine(text: string): string {
  return printable(text).replace(/\s+/g, " ");
}

/** What others wrote, for people to read: on a terminal it does nothing, nor in a log on GitHub. */
export function harmless(text: string): string {
  return inLog(visible(text));
}

/** For text with colours of ours, in which all that others wrote was made visible before. */
export function inLog(text: string): string {
  return isOnGithub() ? withoutCommands(text) : text;
}

/**
 * Makes text harmless that GitHub would take for commands. It looks for `::` behind any blanks at
 * the beginning of a line, so indenting does not help, and for the older `##[` everywhere.
 */
export function withoutCommands(text: string): string {
  return text.replace(/::(?<=^[\s\u0085]*::)/gm, "\\::").replaceAll("##[", "##\\[");
}

/** Writes a text as a part of a regular expression that matches only this text. */
export function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

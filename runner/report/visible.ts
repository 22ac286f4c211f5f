/**
 * Makes control characters visible: what a step or a database says must not move the reader's
 * cursor, set a title, or ring a bell. Line feeds and tabs stay.
 */
export function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
  return text.replace(
    /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g,
    escape,
  );
}

function escape(character: string): string {
  const code = character.charCodeAt(0);
  const hex = code.toString(16).padStart(code > 0xff ? 4 : 2, "0");
  return code > 0xff ? `\\u${hex}` : `\\x${hex}`;
}

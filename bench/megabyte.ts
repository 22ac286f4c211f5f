/**
 * A million bytes in ten thousand lines, no two of them alike.
 * @param word stands in every line
 */
export function megabyteOf(word: string): string {
  const lines = Array.from({ length: 10_000 }, (_, index) => `${word} ${index} `.padEnd(99, "-"));
  return `${lines.join("\n")}\n`;
}

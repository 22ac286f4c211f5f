/** Gives an output as a page shows it: without blanks at the ends of lines, and blank lines at both ends. */
export function asShown(output: Buffer): Buffer {
  const lines = output
    .toString("latin1")
    .split(/\r?\n/)
    .map((line) => line.replace(/[ \t]+$/, ""));
  const first = lines.findIndex((line) => line !== "");
  const last = lines.findLastIndex((line) => line !== "");
  if (first < 0) return Buffer.alloc(0);
  return Buffer.from(`${lines.slice(first, last + 1).join("\n")}\n`, "latin1");
}

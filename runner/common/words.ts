/** Such as "1 run" or "2 runs". */
export function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}

/** Joins names for a sentence: "a", "a and b", "a, b and c". */
export function listed(names: readonly string[], conjunction = "and"): string {
  const last = names.at(-1) ?? "";
  if (names.length < 2) return last;
  return `${names.slice(0, -1).join(", ")} ${conjunction} ${last}`;
}

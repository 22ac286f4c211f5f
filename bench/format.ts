/** What stands where there is no figure. */
export const NONE = "–";

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 2 : 1)} s`;
}

/** For times that are mostly short. */
export function shortTime(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : seconds(milliseconds);
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_000_000)} MB`;
}

export function times(ratio: number): string {
  return ratio.toFixed(2);
}

/** Formats a figure, if there is one. */
export function orNone(value: number | null, format: (value: number) => string): string {
  return value === null ? NONE : format(value);
}

export const reporterNames = ["terminal", "json", "junit", "tap", "github"] as const;
export type ReporterName = (typeof reporterNames)[number];

/** `--reporter NAME` or `--reporter NAME=FILE`. */
export interface ReporterOptions {
  readonly name: ReporterName;
  /** undefined: stdout. */
  readonly file: string | undefined;
}

/** A table after a run, with what the run changed. */
export interface ChangedTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly moreColumns: number;
  readonly rows: readonly ChangedRow[];
  readonly moreRows: number;
  /** True if the run dropped the table. */
  readonly isDropped: boolean;
}

export interface ChangedRow {
  readonly change: "none" | "added" | "changed" | "deleted";
  readonly cells: readonly (string | null)[];
  /** The old cells of a row that changed. */
  readonly before: readonly (string | null)[] | undefined;
}

/** How the clients' databases compare after a run. */
export type Comparison =
  /** There is only one database, or something could not be read. */
  | { readonly kind: "unknown" }
  | { readonly kind: "same"; readonly databases: number }
  | {
      readonly kind: "different";
      /** The clients that may be wrong. */
      readonly odd: readonly string[];
      /** What differs, in a sentence each. */
      readonly differences: readonly string[];
    };

/** Characters of a value. */
export const VALUE_SHOWN = 200;

import type { SqlResult } from "./sql-result.ts";

/** What a statement returned. */
export type Answer = Pick<SqlResult, "columns" | "rows" | "tag">;

/** A connection of one of the libraries. */
export interface Wire {
  /** @throws the library's error, with the server's fields */
  send(sql: string): Promise<Answer>;
  close(): Promise<void>;
  /** Closes the connection at once. A statement that runs fails. */
  destroy(): void;
}

/**
 * @param onNotice gets the fields of each message that is not an error
 * @param onLost is called when the server has closed the connection
 */
export type OpenWire = (
  url: string,
  options: object | undefined,
  onNotice: (fields: object) => void,
  onLost: () => void,
) => Promise<Wire>;

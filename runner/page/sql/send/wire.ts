import pg from "pg";
import postgres from "postgres";
import type { SqlColumn, SqlResult } from "../sql-result.ts";

/** What a statement returned. */
type Answer = Pick<SqlResult, "columns" | "rows" | "tag">;

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
type OpenWire = (
  url: string,
  options: object | undefined,
  onNotice: (fields: object) => void,
  onLost: () => void,
) => Promise<Wire>;

/** node-postgres, with a query that reads the server's messages: its own keeps one word of the tag. */
export const openPg: OpenWire = async (url, options, onNotice, onLost) => {
  const client = new pg.Client({ connectionString: url, ...options });
  client.on("error", onLost);
  client.on("notice", onNotice);
  try {
    await client.connect();
  } catch (error) {
    client.end().catch(() => {}); // an open socket would keep the process running
    throw error;
  }
  return {
    send: (sql) =>
      new Promise((resolve, reject) => {
        client.query(new TextQuery(sql, resolve, reject));
      }),
    close: () => client.end(),
    destroy: () => client.connection.stream.destroy(),
  };
};

/** The names of the methods are those that pg calls. */
class TextQuery implements pg.Submittable {
  readonly #sql: string;
  #columns: SqlColumn[] | undefined;
  #rows: (string | null)[][] = [];
  #tag = "";
  readonly #resolve: (answer: Answer) => void;
  readonly handleError: (error: Error) => void;

  constructor(sql: string, resolve: (answer: Answer) => void, reject: (error: Error) => void) {
    this.#sql = sql;
    this.#resolve = resolve;
    this.handleError = reject;
  }

  submit(connection: pg.Connection): void {
    connection.query(this.#sql);
  }

  handleRowDescription({ fields }: { fields: pg.FieldDef[] }): void {
    this.#columns = fields.map(({ name, dataTypeID }) => ({ name, type: dataTypeID }));
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    this.#rows.push(fields);
  }

  handleCommandComplete({ text }: { text: string }): void {
    this.#tag = text;
  }

  handleEmptyQuery(): void {}

  handleReadyForQuery(): void {
    this.#resolve({ columns: this.#columns, rows: this.#rows, tag: this.#tag });
  }

  handleCopyInResponse(connection: pg.Connection): void {
    connection.stream.destroy();
  }

  handleCopyData(): void {}
}

/** postgres.js, with the bytes of each value as the server sent them. */
export const openPostgres: OpenWire = async (url, options, onNotice, onLost) => {
  const sql = postgres(url, {
    max: 1,
    max_lifetime: null,
    fetch_types: false,
    onnotice: onNotice,
    onclose: onLost,
    ...options,
  });
  await sql`SELECT 1`; // it connects with its first query

  return {
    async send(statement) {
      const result = await sql.unsafe(statement).simple().raw();
      if (!Array.isArray(result)) throw new Error("COPY needs a stream");
      // columns is undefined if the server sent no RowDescription. The library types do not say so.
      const columns: readonly { name: string; type: number }[] | undefined = result.columns;
      return {
        columns: columns?.map(({ name, type }) => ({ name, type })),
        rows: result.map((row) => row.map((value) => value?.toString("utf8") ?? null)),
        tag: tagOf(result.command, result.count),
      };
    },
    close: () => sql.end({ timeout: 1 }),
    destroy: () => {
      sql.end({ timeout: 0 }).catch(() => {});
    },
  };
};

/** The library splits the tag into its words and its last number. */
function tagOf(command: string | null, count: number | null): string {
  if (!command) return "";
  if (count === null) return command;
  return command === "INSERT" ? `INSERT 0 ${count}` : `${command} ${count}`;
}

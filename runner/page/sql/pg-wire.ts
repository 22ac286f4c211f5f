import pg from "pg";
import type { SqlColumn } from "./sql-result.ts";
import type { Answer, OpenWire } from "./wire.ts";

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

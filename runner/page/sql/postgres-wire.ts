import postgres from "postgres";
import type { OpenWire } from "./wire.ts";

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

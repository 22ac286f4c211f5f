import type { SqlError } from "./sql-result.ts";

/**
 * Read the fields of an error or a notice, which each library names in its own way.
 * @param message what the library threw or passed on
 */
export function readMessage(message: unknown): SqlError {
  const fields = new Map<string, unknown>(
    typeof message === "object" && message !== null ? Object.entries(message) : [],
  );
  const text = (...names: string[]): string | undefined => {
    const values = names.map((name) => fields.get(name));
    return values.find((value) => typeof value === "string");
  };
  const [detail, hint, context] = [text("detail"), text("hint"), text("where")];
  const [position, internal] = [text("position"), text("internalPosition", "internal_position")];
  const internalQuery = text("internalQuery", "internal_query");
  return {
    severity: text("severity") ?? "ERROR",
    message: message instanceof Error ? message.message : (text("message") ?? String(message)),
    code: text("code") ?? "",
    ...(detail !== undefined && { detail }),
    ...(hint !== undefined && { hint }),
    ...(position !== undefined && { position: Number(position) }),
    ...(internalQuery !== undefined && { internalQuery }),
    ...(internal !== undefined && { internalPosition: Number(internal) }),
    ...(context !== undefined && { context }),
  };
}

/** True for NOTICE and WARNING. INFO, LOG and DEBUG are not part of an output. */
export function isNotice({ severity }: SqlError): boolean {
  return severity === "NOTICE" || severity === "WARNING";
}

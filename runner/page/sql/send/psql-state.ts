import type { Display } from "../print/psql-format.ts";
import type { SqlResult } from "../sql-result.ts";

/** What psql remembers from one statement to the next. */
export interface PsqlState extends Display {
  readonly variables?: ReadonlyMap<string, string>;
  /** The database to which it is connected: empty for the first one, undefined where it is not known. */
  readonly database?: string | undefined;
  /** Commands after which psql's outputs are not known, by what sets them back. */
  readonly unknown?: ReadonlyMap<string, Unknown>;
}

export interface Unknown {
  /** A sentence. */
  readonly reason: string;
  /** True if another session may see it, too. */
  readonly lasts?: boolean;
  /** What is not known, if it is not all: how messages are printed, or what comes after an error. */
  readonly only?: "messages" | "after errors";
}

export function withUnknown(state: PsqlState, key: string, unknown: Unknown): PsqlState {
  return { ...state, unknown: new Map([...(state.unknown ?? []), [key, unknown]]) };
}

export function withKnown(state: PsqlState, key: string): PsqlState {
  return { ...state, unknown: new Map([...(state.unknown ?? [])].filter(([one]) => one !== key)) };
}

/** What psql has set when it starts again. @param before where a session has been */
export function startAgain(start: PsqlState, before: PsqlState): PsqlState {
  return { ...start, database: undefined, unknown: new Map(lasting(before)) };
}

/** What other sessions may see, too. */
export function lasting({ unknown }: PsqlState): (readonly [string, Unknown])[] {
  return [...(unknown ?? [])].filter(([, { lasts }]) => lasts);
}

/** What is not known after a statement. */
export function afterResult(state: PsqlState, { error }: SqlResult): PsqlState {
  if (!error) return state;
  const woken = [...(state.unknown ?? [])].filter(([, { only }]) => only === "after errors");
  return woken.reduce((now, [key, { reason }]) => {
    return withUnknown(now, key, { reason, lasts: true });
  }, state);
}

/** @returns why psql may print something else than a result that was sent in this state */
export function whyUnknown({ unknown }: PsqlState, result: SqlResult): string | undefined {
  const isMessage = result.error !== undefined || result.notices.length > 0;
  const found = [...(unknown?.values() ?? [])].find(
    ({ only }) => only === undefined || (only === "messages" && isMessage),
  );
  return found?.reason;
}

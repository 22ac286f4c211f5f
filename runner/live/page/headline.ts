import type { DoneState } from "../messages.ts";

/** What a run came to, in a word. */
export interface Headline {
  /** "odd": the output is right, and the tables may not be. */
  readonly kind: "good" | "odd" | "bad";
  readonly word: string;
}

export function headlineOf({ verdict, databases }: DoneState): Headline {
  if (verdict !== "match") return { kind: "bad", word: verdict };
  if (databases.kind === "different") return { kind: "odd", word: "match, but the tables differ" };
  return { kind: "good", word: verdict };
}

export const signs = { good: "✓", odd: "!", bad: "✗" } as const;

import type { DoneState, RunState } from "../messages.ts";

/** What a run came to. */
export interface Headline {
  /** "odd": the output is right, and the tables may not be. */
  readonly kind: "good" | "odd" | "bad" | "stale" | "running";
  readonly head: string;
  readonly text: string;
}

export const signs = { good: "✓", odd: "!", bad: "✗" } as const;

/** @returns undefined where there is nothing to say */
export function headlineOf(state: RunState): Headline | undefined {
  switch (state.kind) {
    case "waiting":
      return undefined;
    case "running":
      return { kind: "running", head: "", text: "Running …" };
    case "blocked":
      return { kind: "bad", head: `${signs.bad} It did not run:`, text: state.reason };
    case "done": {
      if (state.isStale) {
        const text = `${wordOf(state)}. Run it again, to see what the files do now.`;
        return { kind: "stale", head: "↻ Before the last save:", text };
      }
      const kind = kindOf(state);
      return { kind, head: `${signs[kind]} ${wordOf(state)}`, text: state.text };
    }
  }
}

/** In a word. */
export function wordOf(state: DoneState): string {
  return kindOf(state) === "odd" ? "match, but the tables differ" : state.verdict;
}

function kindOf({ verdict, databases }: DoneState): keyof typeof signs {
  if (verdict !== "match") return "bad";
  return databases.kind === "different" ? "odd" : "good";
}

import type { Guide, Run } from "../../runner/guide/guide.ts";
import type { DoneState, RunState, ServerEvent, Status } from "./messages.ts";
import type { Subscribers } from "./subscribers.ts";

/** What every page shows: where the session is, and what each run came to. */
export interface RunBoard {
  readonly status: Status;
  stateOf(index: number): RunState | undefined;
  set(index: number, state: RunState): void;
  /** From this run on, nothing was run yet. */
  clear(from: number): void;
  /** A file was saved that these runs, from the first one on, depend on. */
  markStale(from: number): void;
  /** None is running any more. */
  clearRunning(): void;
  /** This run was to be made, and could not begin, or not come to its end. */
  block(index: number, reason: string): void;
  begin(run: Run): void;
  printed(run: Run, client: string, text: string): void;
  say(status: Partial<Status>): void;
  /** What a page that joins has missed. */
  past(): ServerEvent;
}

export function openRunBoard(
  guide: Guide,
  clients: readonly string[],
  subscribers: Subscribers,
): RunBoard {
  const states: RunState[] = guide.runs.map(() => ({ kind: "waiting" }));
  let status: Status = { position: 0, isBusy: false, runOnSave: false, message: "" };

  function set(index: number, state: RunState): void {
    states[index] = state;
    subscribers.tell({ kind: "run", run: index, state });
  }

  function clearRunning(): void {
    for (const [index, { kind }] of states.entries()) {
      if (kind === "running") set(index, { kind: "waiting" });
    }
  }

  return {
    get status() {
      return status;
    },
    stateOf: (index) => states[index],
    set,
    clearRunning,

    clear(from) {
      for (const [index, { kind }] of states.entries()) {
        if (index >= from && kind !== "waiting") set(index, { kind: "waiting" });
      }
    },

    markStale(from) {
      for (const [index, state] of states.entries()) {
        if (index < from) continue;
        if (state.kind === "done") set(index, stale(state));
        if (state.kind === "blocked") set(index, state.before ?? { kind: "waiting" });
      }
    },

    block(index, reason) {
      clearRunning();
      set(index, blocked(states[index], reason));
    },

    begin({ index }) {
      if (states[index]?.kind === "running") return;
      const outputs = Object.fromEntries(clients.map((client) => [client, ""]));
      set(index, { kind: "running", outputs });
    },

    printed({ index }, client, text) {
      const state = states[index];
      if (state?.kind !== "running") return;
      const outputs = { ...state.outputs, [client]: `${state.outputs[client]}${text}` };
      states[index] = { kind: "running", outputs };
      subscribers.tell({ kind: "output", run: index, client, text });
    },

    say(change) {
      status = { ...status, ...change };
      subscribers.tell({ kind: "status", status });
    },

    past: () => ({ kind: "past", status, states }),
  };
}

/** Whether a run is done, and of the files as they are now. */
export function isFresh(state: RunState | undefined): boolean {
  return state?.kind === "done" && !state.isStale;
}

const stale = (state: DoneState): DoneState => ({ ...state, isStale: true });

function blocked(state: RunState | undefined, reason: string): RunState {
  const done = state?.kind === "blocked" ? state.before : state;
  return { kind: "blocked", reason, before: done?.kind === "done" ? stale(done) : undefined };
}

import type { ServerResponse } from "node:http";
import { visible } from "../../runner/common/visible.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import type { DoneState, RunState, ScriptState, ServerEvent, Status } from "./messages.ts";

/** What all pages show: where the session is, and the result of each run. Sends changes to the pages. */
export type LiveState = ReturnType<typeof openLiveState>;

/** What a page that joins is told of the reader's choices. */
type Reader = Pick<Extract<ServerEvent, { kind: "past" }>, "library" | "courses" | "course">;

/** @param clients their names */
export function openLiveState(
  guide: Guide,
  clients: readonly string[],
  send: (event: ServerEvent) => void,
) {
  const states: RunState[] = guide.runs.map(() => ({ kind: "waiting" }));
  let scripts: readonly ScriptState[] = [];
  let status: Status = { position: 0, isBusy: false, runOnSave: false, message: "" };

  function setRun(index: number, state: RunState): void {
    states[index] = state;
    send({ kind: "run", run: index, state });
  }

  function reset(isReset: (state: RunState, index: number) => boolean): void {
    for (const [index, state] of states.entries()) {
      if (isReset(state, index)) setRun(index, { kind: "waiting" });
    }
  }

  const clearRunning = () => reset(({ kind }) => kind === "running");

  return {
    get status(): Status {
      return status;
    },
    runState: (index: number): RunState | undefined => states[index],
    setRun,
    /** Resets the runs that are running to "waiting". */
    clearRunning,

    setStatus(change: Partial<Status>) {
      status = { ...status, ...change };
      send({ kind: "status", status });
    },

    setScripts(next: readonly ScriptState[]) {
      scripts = next;
      send({ kind: "scripts", scripts });
    },

    /** Resets this run and all later ones to "waiting". */
    clear(from: number) {
      reset(({ kind }, index) => index >= from && kind !== "waiting");
    },

    /**
     * Marks this run and all later ones as stale: a file on which they depend was saved.
     * @param isMended whether what could not begin may begin now
     */
    setStale(from: number, isMended: boolean) {
      for (const [index, state] of states.entries()) {
        if (index < from) continue;
        if (state.kind === "done") setRun(index, stale(state));
        if (state.kind === "blocked" && isMended)
          setRun(index, state.before ?? { kind: "waiting" });
      }
    },

    /** Shows why a run could not begin, or did not finish. */
    block(index: number, reason: string) {
      clearRunning();
      const state = states[index];
      const done = state?.kind === "blocked" ? state.before : state;
      const before = done?.kind === "done" ? stale(done) : undefined;
      setRun(index, { kind: "blocked", reason, before });
    },

    begin(index: number) {
      if (states[index]?.kind === "running") return;
      const outputs = Object.fromEntries(clients.map((client) => [client, ""]));
      setRun(index, { kind: "running", outputs });
    },

    addOutput(index: number, client: string, text: string) {
      const state = states[index];
      if (state?.kind !== "running") return;
      const outputs = { ...state.outputs, [client]: `${state.outputs[client]}${text}` };
      states[index] = { kind: "running", outputs };
      send({ kind: "output", run: index, client, text });
    },

    /** Makes all pages load again: the guide's text or code has changed. */
    reload: () => send({ kind: "reload" }),
    /** All that there is to show, for a page that joins. */
    past: (reader: Reader): ServerEvent => ({
      kind: "past",
      status,
      states,
      scripts,
      ...reader,
    }),
  };
}

const stale = (state: DoneState): DoneState => ({ ...state, isStale: true });

/** True for a run that is done, with its files as they are now. */
export function isFresh(state: RunState | undefined): boolean {
  return state?.kind === "done" && !state.isStale;
}

/** Proxies and browsers close a connection on which nothing is sent. */
const PULSE_MS = 15_000;

/**
 * Keeps the open pages, each with a stream of events.
 * @param idleTimeout milliseconds
 * @param onIdle is called when no page has been open for so long
 */
export function openPages(idleTimeout: number, onIdle: () => void) {
  const pages = new Set<ServerResponse>();
  let idle = setTimeout(onIdle, idleTimeout);
  const pulse = setInterval(() => {
    for (const page of pages) page.write(":\n\n");
  }, PULSE_MS).unref();

  return {
    /** @param past is sent to the page first */
    join(response: ServerResponse, past: ServerEvent) {
      clearTimeout(idle);
      response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
      response.write(toText(past));
      pages.add(response);
      response.on("close", () => {
        if (pages.delete(response) && pages.size === 0) idle = setTimeout(onIdle, idleTimeout);
      });
    },
    send(event: ServerEvent) {
      for (const page of pages) page.write(toText(event));
    },
    /** Tells the pages that the guide has ended. */
    close() {
      clearInterval(pulse);
      clearTimeout(idle);
      for (const page of pages) page.end(toText({ kind: "end" }));
      pages.clear();
    },
  };
}

/**
 * Makes control and formatting characters visible, from steps, servers and tables alike. JSON has
 * no line feeds, so no text can begin another event.
 */
function toText(event: ServerEvent): string {
  const json = JSON.stringify(event, (_, value) =>
    typeof value === "string" ? visible(value) : value,
  );
  return `data: ${json}\n\n`;
}

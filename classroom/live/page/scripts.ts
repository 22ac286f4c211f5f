import type { RunState, ScriptState } from "../messages.ts";
import { NOT_KEPT, openScript, type PageScript } from "./script.ts";

/**
 * The scripts of the page, with the reader's versions of them.
 * @param run asks the server to run what follows a script
 */
export function openScripts(run: (index: number) => void) {
  let scripts: readonly PageScript[] | undefined;
  /** Sends what is not kept yet. @returns the digests of the versions that the page shows */
  async function shown(): Promise<Record<string, string>> {
    const digests = await Promise.all((scripts ?? []).map((script) => script.shown()));
    return Object.fromEntries(
      digests.flatMap((digest, index) => (digest === "" ? [] : [[String(index), digest]])),
    );
  }
  addEventListener("pagehide", () => void shown());

  return {
    shown,
    /** Sends what is not kept yet. @returns false if the reader has to choose something first */
    keep: async () => !Object.values(await shown()).includes(NOT_KEPT),
    show(states: readonly ScriptState[]) {
      scripts ??= states.map((state, index) => openScript(figureOf(state), index, state, run));
      for (const [index, state] of states.entries()) scripts[index]?.show(state);
    },
    /** Marks the lines at which the reader's versions failed in a run. */
    showFailures(run: number, state: RunState) {
      for (const script of scripts ?? []) if (script.run === run) script.setFailure(undefined);
      if (state.kind !== "done" || state.isStale) return;
      for (const { details, isVersion } of state.clients) {
        if (!isVersion || details.kind !== "error") continue;
        const { name, line, summary } = details;
        const problem = { line, column: 0, text: summary, isError: true };
        scripts?.find((script) => script.name === name)?.setFailure(problem);
      }
    },
  };
}

/** Clients may share a script: it is on the page once. */
function figureOf({ name }: ScriptState): HTMLElement | undefined {
  for (const caption of document.querySelectorAll(".code-part figure.code figcaption")) {
    const figure = caption.parentElement;
    if (caption.textContent === name && figure) return figure;
  }
  return undefined;
}

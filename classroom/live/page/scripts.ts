import type { ScriptState } from "../messages.ts";
import { openScript, type PageScript } from "./script.ts";

/** The scripts of the page, with the reader's versions of them. */
export interface Scripts {
  show(states: readonly ScriptState[]): void;
  /** Sends what is not kept yet. @returns the digests of the versions that the page shows */
  shown(): Promise<Record<string, string>>;
  /** @param text what is wrong, by the names of the scripts */
  byName(name: string): PageScript | undefined;
}

/** @param run asks the server to run what follows a script */
export function openScripts(run: (index: number) => void): Scripts {
  let scripts: readonly PageScript[] | undefined;
  return {
    show(states) {
      scripts ??= states.map((state, index) => openScript(figureOf(state), index, state, run));
      for (const [index, state] of states.entries()) scripts[index]?.show(state);
    },
    async shown() {
      const digests = await Promise.all((scripts ?? []).map((script) => script.shown()));
      return Object.fromEntries(
        digests.flatMap((digest, index) => (digest === "" ? [] : [[String(index), digest]])),
      );
    },
    byName: (name) => scripts?.find((script) => script.name === name),
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

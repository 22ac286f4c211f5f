import type { RunState, Status } from "../messages.ts";
import { ask } from "./ask.ts";
import { button, element, find, lines } from "./elements.ts";
import { changesFigure, comparisonText, doneFigures, runningFigure } from "./figures.ts";
import { headlineOf, signs } from "./headline.ts";
import { markTabs } from "./tab-marks.ts";

/** Where one run shows itself. */
export interface RunPlace {
  readonly name: string;
  show(state: RunState): void;
  print(client: string, text: string): void;
  showStatus(status: Status): void;
  end(): void;
}

/** In the order of the runs. */
export function placesOfRuns(): RunPlace[] {
  return [...document.querySelectorAll(".run-place")]
    .filter((place) => place instanceof HTMLElement)
    .sort((a, b) => Number(a.dataset.run) - Number(b.dataset.run))
    .map(openPlace);
}

function openPlace(place: HTMLElement): RunPlace {
  const run = Number(place.dataset.run);
  const name = place.dataset.name ?? "";
  const runButton = button("Run", () => ask({ kind: "run", run }));
  const undoButton = button("Back to before it", () => ask({ kind: "back", run }));
  runButton.className = "run";
  undoButton.className = "undo";
  find(".run-head", place).append(runButton, undoButton);
  const verdict = find(".verdict", place);
  const panels = find(".panels", place);
  const changes = find(".run-changes", place);
  let state: RunState = { kind: "waiting" };
  let status: Status | undefined;
  /** The clients whose statements the reader has opened. */
  const opened = new Set<string>();
  place.addEventListener("toggle", ({ target }) => remember(target), { capture: true });

  function remember(details: EventTarget | null): void {
    if (!(details instanceof HTMLDetailsElement)) return;
    const run = details.closest("[data-client]");
    if (!(run instanceof HTMLElement)) return; // it was replaced meanwhile
    const client = run.dataset.client ?? "";
    if (details.open) opened.add(client);
    else opened.delete(client);
    dispatchEvent(new Event("resize")); // the projector lays out what it shows
  }

  /** What is about to be replaced keeps its room until the new content is there. */
  function keepRoom(): void {
    if (place.offsetParent && !document.documentElement.classList.contains("projector")) {
      place.style.minHeight = `${place.offsetHeight}px`;
    }
  }

  function label(): void {
    const { position = 0, isBusy = true } = status ?? {};
    const text = state.kind === "done" ? "Run again" : position < run ? "Run to here" : "Run";
    runButton.replaceChildren(text, element("span", "unseen", ` ${name}`));
    undoButton.replaceChildren("Back to before it", element("span", "unseen", `: ${name}`));
    // Not `disabled`: a button that has the focus would lose it while the run goes on.
    for (const one of [runButton, undoButton]) one.ariaDisabled = String(isBusy);
    undoButton.hidden = state.kind !== "done" || run >= position;
    place.classList.toggle("next", run === position);
    if (state.kind === "done" || !isBusy) place.style.minHeight = "";
  }

  return {
    name,

    show(next) {
      if (state.kind === "done" && next.kind !== "done") keepRoom();
      state = next;
      panels.hidden = next.kind === "waiting";
      verdict.hidden = next.kind === "waiting";
      verdict.className = "verdict";
      changes.replaceChildren();
      if (next.kind === "running") {
        verdict.textContent = "Running …";
        for (const [client, text] of Object.entries(next.outputs)) {
          clientPlace(place, client)?.replaceChildren(runningFigure(text));
        }
      }
      if (next.kind === "done") {
        const { kind, word } = headlineOf(next);
        verdict.classList.add(next.isStale ? "stale" : kind);
        const head = next.isStale ? "↻ stale: a file was saved since." : `${signs[kind]} ${word}`;
        verdict.replaceChildren(element("strong", "", head), ` ${next.text}`);
        for (const result of next.clients) {
          const isOpen = opened.has(result.client);
          clientPlace(place, result.client)?.replaceChildren(...doneFigures(result, isOpen));
        }
        changes.append(...changesFigure(next.changes), ...comparisonText(next));
      }
      markTabs(place, next.kind === "done" && !next.isStale ? next : undefined);
      label();
    },

    print(client, text) {
      clientPlace(place, client)
        ?.querySelector("samp")
        ?.append(...lines(text));
    },

    showStatus(next) {
      status = next;
      label();
    },

    end() {
      for (const one of [runButton, undoButton]) one.disabled = true;
    },
  };
}

function clientPlace(place: HTMLElement, client: string): Element | null {
  return place.querySelector(`[data-client="${CSS.escape(client)}"]`);
}

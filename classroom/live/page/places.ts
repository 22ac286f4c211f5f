import type { RunState, Status } from "../messages.ts";
import { element, find, lines } from "./elements.ts";
import { changesFigure, comparisonText, doneFigures, runningFigure } from "./figures.ts";
import { openedIn } from "./folds.ts";
import { type Headline, headlineOf } from "./headline.ts";
import { openRunHead } from "./run-head.ts";
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
  const name = place.dataset.name ?? "";
  const head = openRunHead(place, Number(place.dataset.run), name);
  const opened = openedIn(place);
  let state: RunState = { kind: "waiting" };
  let status: Status | undefined;

  function settle(): void {
    head.show(state, status);
    if (state.kind === "done" || status?.isBusy === false) place.style.minHeight = "";
  }

  return {
    name,

    show(next) {
      if (state.kind === "done" && next.kind !== "done") keepRoom(place);
      state = next;
      showHeadline(find(".verdict", place), headlineOf(next));
      showResult(place, next, opened);
      settle();
    },

    print(client, text) {
      clientPlace(place, client)
        ?.querySelector("samp")
        ?.append(...lines(text));
    },

    showStatus(next) {
      status = next;
      settle();
    },

    end: head.end,
  };
}

/** What is about to be replaced keeps its room until the new content is there. */
function keepRoom(place: HTMLElement): void {
  if (document.documentElement.classList.contains("projector")) return;
  place.style.minHeight = `${place.offsetHeight}px`;
}

function showHeadline(verdict: HTMLElement, headline: Headline | undefined): void {
  verdict.hidden = headline === undefined;
  verdict.className = `verdict ${headline?.kind ?? ""}`;
  const { head = "", text = "" } = headline ?? {};
  verdict.replaceChildren(element("strong", "", head), ` ${text}`);
}

/** What there is of it: of a run that could not begin, what it came to before. */
function showResult(place: HTMLElement, state: RunState, opened: ReadonlySet<string>): void {
  const shown = state.kind === "blocked" ? state.before : state;
  const done = shown?.kind === "done" ? shown : undefined;
  find(".panels", place).hidden = shown === undefined || shown.kind === "waiting";
  place.classList.toggle("stale", done?.isStale === true);
  if (shown?.kind === "running") {
    for (const [client, text] of Object.entries(shown.outputs)) {
      clientPlace(place, client)?.replaceChildren(runningFigure(text));
    }
  }
  for (const result of done?.clients ?? []) {
    const isOpen = opened.has(result.client);
    clientPlace(place, result.client)?.replaceChildren(...doneFigures(result, isOpen));
  }
  const changes = done ? [...changesFigure(done.changes), ...comparisonText(done)] : [];
  find(".run-changes", place).replaceChildren(...changes);
  markTabs(place, done?.isStale ? undefined : done);
}

function clientPlace(place: HTMLElement, client: string): Element | null {
  return place.querySelector(`[data-client="${CSS.escape(client)}"]`);
}

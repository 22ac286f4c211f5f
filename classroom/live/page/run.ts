import type { DoneState, RunState, Status } from "../messages.ts";
import { openAskField } from "./ask.ts";
import { button, element, find, layOutProjector, lines, signOf } from "./elements.ts";
import { changesFigure, comparisonText, resultFigures, runningFigure } from "./output.ts";
import type { AskToRun } from "./server.ts";

/**
 * Finds the elements of the runs, in the order of the runs.
 * @param act asks for a run
 */
export function findRuns(act: AskToRun) {
  return [...document.querySelectorAll(".live-run")]
    .filter((one) => one instanceof HTMLElement)
    .sort((a, b) => Number(a.dataset.run) - Number(b.dataset.run))
    .map((root) => openRun(root, act));
}

/** One run on the page: its buttons, its verdict, and a panel for each client. */
function openRun(root: HTMLElement, act: AskToRun) {
  const name = root.dataset.name ?? "";
  const buttons = openButtons(root, Number(root.dataset.run), name, act);
  const opened = openedStatements(root);
  const fields = [...root.querySelectorAll("[data-client]")].flatMap((one) => {
    const panel = one.parentElement;
    if (!(one instanceof HTMLElement && panel)) return [];
    return [openAskField(panel, one.dataset.client ?? "", Number(root.dataset.run), name)];
  });
  let state: RunState = { kind: "waiting" };
  let status: Status | undefined;

  function update(): void {
    buttons.show(state, status);
    if (state.kind === "done" || status?.isBusy === false) root.style.minHeight = "";
  }

  return {
    name,

    show(next: RunState) {
      // Keeps the height until the new result is there.
      const isReplaced = state.kind === "done" && next.kind !== "done";
      const isProjected = document.documentElement.classList.contains("projector");
      if (isReplaced && !isProjected) root.style.minHeight = `${root.offsetHeight}px`;
      state = next;
      const headline = headlineOf(next);
      showVerdict(find(".verdict", root), headline);
      showInContents(name, headline);
      showResult(root, next, opened);
      for (const field of fields) field.show(next.kind === "done" ? next : undefined);
      update();
    },

    print(client: string, text: string) {
      findClient(root, client)
        ?.querySelector("samp")
        ?.append(...lines(text));
    },

    showStatus(next: Status) {
      status = next;
      update();
    },

    end: buttons.end,
  };
}

function openButtons(root: HTMLElement, run: number, name: string, act: AskToRun) {
  const runButton = button("Run", () => act({ kind: "run", run }));
  const undoButton = button("Undo", () => act({ kind: "back", run }));
  runButton.className = "run";
  undoButton.className = "undo";
  find(".run-head", root).append(runButton, undoButton);

  return {
    show({ kind }: RunState, status: Status | undefined) {
      const { position = 0, isBusy = true } = status ?? {};
      const text = kind === "done" ? "Run again" : position < run ? "Run to here" : "Run";
      runButton.replaceChildren(text, element("span", "unseen", ` ${name}`));
      undoButton.replaceChildren("Undo", element("span", "unseen", ` ${name}`));
      // `disabled` would take the focus from the button while the run goes on.
      for (const one of [runButton, undoButton]) one.ariaDisabled = String(isBusy);
      undoButton.hidden = kind !== "done" || run >= position;
      root.classList.toggle("next", run === position);
    },
    end() {
      for (const one of [runButton, undoButton]) one.disabled = true;
    },
  };
}

/** @returns the clients whose statements the reader has opened. The set stays up to date */
function openedStatements(root: Element): ReadonlySet<string> {
  const opened = new Set<string>();
  const onToggle = ({ target }: Event) => {
    const run = target instanceof Element && target.closest("[data-client]");
    if (!(target instanceof HTMLDetailsElement && run instanceof HTMLElement)) return;
    if (!target.classList.contains("sent")) return;
    const client = run.dataset.client ?? "";
    if (target.open) opened.add(client);
    else opened.delete(client);
    layOutProjector();
  };
  root.addEventListener("toggle", onToggle, { capture: true }); // this event does not bubble
  return opened;
}

interface Headline {
  /** "odd": the output is right, but the tables differ. */
  readonly kind: "good" | "odd" | "bad" | "own" | "stale" | "running";
  readonly head: string;
  readonly text: string;
}

const signs = { good: "✓", odd: "!", bad: "✗" } as const;

function headlineOf(state: RunState): Headline | undefined {
  switch (state.kind) {
    case "waiting":
      return undefined;
    case "running":
      return { kind: "running", head: "", text: "Running …" };
    case "blocked":
      return { kind: "bad", head: `${signs.bad} It did not run:`, text: state.reason };
    case "done": {
      if (state.isStale) {
        const text = `${wordOf(state)}. Run it again to see what the scripts do now.`;
        return { kind: "stale", head: "↻ Before the last change:", text };
      }
      if (state.versions.length > 0) return ownHeadline(state);
      const kind = kindOf(state);
      return { kind, head: `${signs[kind]} ${wordOf(state)}`, text: state.text };
    }
  }
}

const ownTexts: Readonly<Record<string, string>> = {
  drift: "Its output differs from the guide's.",
  divergence: "Its output differs from the guide's.",
  error: "It failed. Fix it, and run it again.",
};

/** What the reader's version did is compared, and never counts as verified. */
function ownHeadline(state: DoneState): Headline {
  const { clients, verdict, versions } = state;
  const isOwn = clients.some(({ isVersion }) => isVersion);
  const head = isOwn ? "✎ Your version:" : `✎ After your version of ${versions.join(" and ")}:`;
  if (verdict === "match") {
    const tables = state.databases.kind === "different" ? "the tables differ" : "";
    const difference = state.effects || tables;
    const but = difference ? `, but ${difference}` : "";
    return { kind: "own", head, text: `It prints what the guide documents${but}.` };
  }
  const text = isOwn ? ownTexts[verdict] : undefined;
  return {
    kind: "bad",
    head: `${signs.bad} ${head.slice(2)}`,
    text: text ?? `${verdict}. ${state.text}`,
  };
}

/** Describes a result in a few words. */
export function wordOf(state: DoneState): string {
  if (kindOf(state) !== "odd") return state.verdict;
  return state.effects ? "match, but not the same rows" : "match, but the tables differ";
}

function kindOf({ verdict, databases, effects }: DoneState): keyof typeof signs {
  if (verdict !== "match") return "bad";
  return databases.kind === "different" || effects ? "odd" : "good";
}

const contentSigns = {
  good: ["✓", "done"],
  odd: ["!", "done, with a difference"],
  bad: ["✗", "failed"],
  own: ["✎", "your version"],
  stale: ["↻", "changed since"],
  running: ["…", "running"],
} as const;

/** Shows in the list of contents how a run went. */
function showInContents(name: string, headline: Headline | undefined): void {
  const link = document.querySelector(`.contents a[href="#${CSS.escape(name)}"]`);
  link?.querySelector(".sign:not(.exercise-state)")?.remove();
  if (!link || !headline) return;
  const [sign, word] = contentSigns[headline.kind];
  link.append(signOf(headline.kind, sign, word));
}

function showVerdict(verdict: HTMLElement, headline: Headline | undefined): void {
  verdict.hidden = headline === undefined;
  verdict.className = `verdict ${headline?.kind ?? ""}`;
  const { head = "", text = "" } = headline ?? {};
  verdict.replaceChildren(element("strong", "", head), ` ${text}`);
}

/** Shows the result; for a run that could not begin, the last one. */
function showResult(root: HTMLElement, state: RunState, opened: ReadonlySet<string>): void {
  const shown = state.kind === "blocked" ? state.before : state;
  const done = shown?.kind === "done" ? shown : undefined;
  find(".panels", root).hidden = shown === undefined || shown.kind === "waiting";
  root.classList.toggle("stale", done?.isStale === true);
  if (shown?.kind === "running") {
    for (const [client, text] of Object.entries(shown.outputs)) {
      findClient(root, client)?.replaceChildren(runningFigure(text));
    }
  }
  for (const result of done?.clients ?? []) {
    const isOpen = opened.has(result.client);
    findClient(root, result.client)?.replaceChildren(...resultFigures(result, isOpen));
  }
  const changes = done ? [...changesFigure(done.changes), ...comparisonText(done)] : [];
  find(".run-changes", root).replaceChildren(...changes);
  showSigns(root, done?.isStale ? undefined : done);
}

const tabWords = { odd: "different tables", bad: "does not match" } as const;

/** Adds a sign to the tabs of clients with a problem, since a tab that is not selected hides it. */
function showSigns(root: Element, done: DoneState | undefined): void {
  for (const tab of root.querySelectorAll("[role=tab]")) {
    tab.querySelector(".sign")?.remove();
    const panel = document.getElementById(tab.getAttribute("aria-controls") ?? "");
    const result = done?.clients.find(({ client }) => client === panel?.dataset.choice);
    if (!result || !done) continue;
    const isOdd = done.databases.kind === "different" && done.databases.odd.includes(result.client);
    const kind = result.isGood ? (isOdd ? "odd" : undefined) : "bad";
    if (!kind) continue;
    tab.append(signOf(kind, signs[kind], tabWords[kind]));
  }
}

function findClient(root: HTMLElement, client: string): Element | null {
  return root.querySelector(`[data-client="${CSS.escape(client)}"]`);
}

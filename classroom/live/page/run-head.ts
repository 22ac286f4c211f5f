import type { RunState, Status } from "../messages.ts";
import { ask } from "./ask.ts";
import { button, element, find } from "./elements.ts";

/** The buttons of one run. */
export interface RunHead {
  show(state: RunState, status: Status | undefined): void;
  end(): void;
}

export function openRunHead(place: HTMLElement, run: number, name: string): RunHead {
  const runButton = button("Run", () => ask({ kind: "run", run }));
  const undoButton = button("Back to before it", () => ask({ kind: "back", run }));
  runButton.className = "run";
  undoButton.className = "undo";
  const note = element("span", "note");
  find(".run-head", place).append(runButton, undoButton, note);

  return {
    show({ kind }, status) {
      const { position = 0, isBusy = true } = status ?? {};
      const text = kind === "done" ? "Run again" : position < run ? "Run to here" : "Run";
      runButton.replaceChildren(text, element("span", "unseen", ` ${name}`));
      undoButton.replaceChildren("Back to before it", element("span", "unseen", `: ${name}`));
      // Not `disabled`: a button that has the focus would lose it while the run goes on.
      for (const one of [runButton, undoButton]) one.ariaDisabled = String(isBusy);
      undoButton.hidden = kind !== "done" || run >= position;
      const who = undoButton.hidden ? "It first runs" : "Both first run";
      const isReplayed = kind === "done" && run > 0;
      note.textContent = isReplayed ? `${who} again what comes before, in new databases.` : "";
      place.classList.toggle("next", run === position);
    },
    end() {
      for (const one of [runButton, undoButton]) one.disabled = true;
    },
  };
}

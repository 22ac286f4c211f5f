import type { RunState, Status } from "../messages.ts";
import { ask } from "./ask.ts";
import { button, element } from "./elements.ts";
import { wordOf } from "./headline.ts";

/** What concerns the whole guide. It stays at the bottom of the window. */
export interface Toolbar {
  show(status: Status): void;
  connected(isConnected: boolean): void;
  /** For those who do not see the page. */
  announce(name: string, state: RunState): void;
  end(): void;
}

export function openToolbar(): Toolbar {
  const all = button("Run all", () => ask({ kind: "all" }));
  let position = 0;
  const back = button("Back", () => ask({ kind: "back", run: position - 1 }));
  back.title = "Undoes the last step: what comes before it runs again, in new databases";
  const stop = button("Stop", () => ask({ kind: "stop" }));
  const save = element("input");
  save.type = "checkbox";
  save.addEventListener("change", () => ask({ kind: "runOnSave", isOn: save.checked }));
  const message = element("span", "message");
  message.role = "status";
  const label = element("label", "", save, " Run on save");
  const bar = element("div", "toolbar", all, back, stop, label, message);
  bar.role = "region";
  bar.ariaLabel = "Run";
  document.body.append(bar);
  // What has the focus, and the end of the page, must not come to lie below it.
  const size = new ResizeObserver(() => {
    document.documentElement.style.setProperty("--bar", `${bar.offsetHeight}px`);
  });
  size.observe(bar);
  let last: Status | undefined;

  function say(text: string): void {
    if (message.textContent !== text) message.textContent = text;
  }

  return {
    show(status) {
      // What was announced of runs has taken the message's place.
      const isOver = last?.isBusy && !status.isBusy && status.message !== "";
      if (isOver || status.message !== last?.message) say(status.message);
      last = status;
      position = status.position;
      save.checked = status.runOnSave;
      all.ariaDisabled = String(status.isBusy);
      back.ariaDisabled = String(status.isBusy || position === 0);
      stop.hidden = !status.isBusy;
    },
    connected(isConnected) {
      if (!isConnected) say("The connection is lost. Trying again …");
      else if (last) say(last.message);
    },
    announce(name, state) {
      if (state.kind === "running") say(`Running ${name} …`);
      if (state.kind === "done" && !state.isStale && last?.isBusy) say(`${name}: ${wordOf(state)}`);
    },
    end() {
      for (const one of [all, back, stop]) one.disabled = true;
      save.disabled = true;
      say("The guide has ended. Start it again in the terminal.");
    },
  };
}

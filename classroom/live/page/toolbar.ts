import type { RunState, Status } from "../messages.ts";
import { button, element } from "./elements.ts";
import { wordOf } from "./run.ts";
import { type AskToRun, ask, onRefused } from "./server.ts";

/**
 * Makes the bar at the bottom of the window, with what concerns the whole guide.
 * @param act asks for something that runs the versions that the page shows
 * @param more buttons
 */
export function openToolbar(act: AskToRun, ...more: readonly HTMLElement[]) {
  const all = button("Run all", () => act({ kind: "all" }));
  let position = 0;
  const back = button("Back", () => act({ kind: "back", run: position - 1 }));
  back.title = "Undoes the last step, in the databases too";
  const stop = button("Stop", () => ask({ kind: "stop" }));
  const save = element("input");
  save.type = "checkbox";
  save.addEventListener("change", () => ask({ kind: "runOnSave", isOn: save.checked }));
  const message = element("span", "message");
  message.role = "status";
  const label = element("label", "", save, " Run on save");
  const bar = element("div", "toolbar", all, back, stop, ...more, label, message);
  bar.role = "region";
  bar.ariaLabel = "Run";
  document.body.append(bar);
  // The focus and the end of the page must not be hidden below the bar.
  const size = new ResizeObserver(() => {
    document.documentElement.style.setProperty("--bar", `${bar.offsetHeight}px`);
  });
  size.observe(bar);
  let last: Status | undefined;

  function say(text: string): void {
    if (message.textContent !== text) message.textContent = text;
  }

  onRefused(say);

  return {
    show(status: Status) {
      // An announcement may have replaced the message.
      const isOver = last?.isBusy && !status.isBusy && status.message !== "";
      if (isOver || status.message !== last?.message) say(status.message);
      last = status;
      position = status.position;
      save.checked = status.runOnSave;
      all.ariaDisabled = String(status.isBusy);
      back.ariaDisabled = String(status.isBusy || position === 0);
      stop.hidden = !status.isBusy;
    },
    connected(isConnected: boolean) {
      if (!isConnected) say("The connection is lost. Trying again …");
      else if (last) say(last.message);
    },
    /** Says it, also for screen readers. */
    announce(name: string, state: RunState) {
      if (state.kind === "running") say(`Running ${name} …`);
      if (state.kind !== "done") return;
      const isOld = message.textContent?.startsWith(`${name}: `) === true;
      if (!state.isStale && last?.isBusy) say(`${name}: ${wordOf(state)}`);
      else if (state.isStale && isOld) say("");
    },
    end() {
      for (const one of [all, back, stop]) one.disabled = true;
      save.disabled = true;
      say("The guide has ended. Start it again in the terminal.");
    },
  };
}

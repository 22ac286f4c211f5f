import { element } from "./elements.ts";
import { question } from "./server.ts";

/** Shows, and lets the reader copy, the command that runs a step where the guide was opened. */
export function showCommands(): void {
  for (const run of document.querySelectorAll(".live-run")) {
    const figure = run.parentElement?.querySelector("figure.code.shell");
    const chosen = run.querySelector(".panel:not([hidden]) > [data-command]");
    const line = figure?.querySelector("code .line");
    if (!(figure instanceof HTMLElement && chosen instanceof HTMLElement && line)) continue;
    const command = chosen.dataset.command ?? "";
    figure.dataset.text = command;
    const words = command.split(" ").flatMap((word) => [element("span", "", word), " "]);
    line.replaceChildren(...words.slice(0, -1), "\n");
  }
}

/** Keeps the chosen library for the next time: what a page stores belongs to one port of one start. */
export function keepLibrary(): void {
  document.addEventListener("click", ({ target }) => {
    const tab = target instanceof Element ? target.closest("[role=tab]") : null;
    const panel = document.getElementById(tab?.getAttribute("aria-controls") ?? "");
    if (!panel) return;
    showCommands();
    const client = panel.dataset.choice ?? "";
    question({ kind: "library", client }).catch(() => {}); // then it lasts as long as the page
  });
}

/** @param library the client that was chosen the last time */
export function chooseLibrary(library: string): void {
  const panel = document.querySelector(`.panel[data-choice="${CSS.escape(library)}"]`);
  const tab = panel && document.getElementById(`${panel.id}.tab`);
  if (tab && tab.ariaSelected !== "true") tab.click();
  showCommands();
}

/** The contents and the links of the text come before the first button: this leads past them. */
export function addSkipLink(): void {
  const link = element("a", "skip", "Skip to the next Run");
  link.href = "#guide";
  link.addEventListener("click", (event) => {
    const run = document.querySelector(".next .run") ?? document.querySelector(".run");
    if (!(run instanceof HTMLElement)) return;
    event.preventDefault();
    run.focus();
  });
  document.querySelector(".skip")?.after(link);
}

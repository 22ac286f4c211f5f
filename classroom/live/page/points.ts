import type { RunState } from "../messages.ts";
import type { PointAnswer } from "../questions.ts";
import { button, element, option } from "./elements.ts";
import { question } from "./server.ts";
import { countsOf, tableFigures } from "./tables.ts";

/**
 * Makes the button and the window that show the tables as they were after any run, and what changed since
 * another one.
 * @param names of the runs
 */
export function openPoints(names: readonly string[]) {
  const states = new Map<number, RunState>();
  let after = -1;
  /** Undefined for the run before it. */
  let since: number | undefined;

  const opener = button("Tables", () => {
    if (!isDone(after)) after = lastDone();
    dialog.showModal();
    update();
  });
  const closer = button("Close", () => dialog.close());
  const list = element("ol", "point-list");
  const choice = element("select");
  const label = element("label", "", "Compared with ", choice);
  const tables = element("div", "point-tables");
  tables.ariaLive = "polite";
  const head = element("div", "point-head", element("h2", "", "Tables"), label, closer);
  const dialog = element("dialog", "points", head, element("div", "point-body", list, tables));
  dialog.ariaLabel = "The tables after any run";
  document.body.append(dialog);

  choice.addEventListener("change", () => {
    since = choice.value === "" ? undefined : Number(choice.value);
    update();
  });

  const isDone = (index: number) => states.get(index)?.kind === "done";
  const lastDone = () => names.findLastIndex((_, index) => isDone(index));

  function update(): void {
    if (!dialog.open) return;
    const hasFocus = list.contains(document.activeElement);
    const entries = names.map(entryOf);
    list.replaceChildren(...entries);
    entries[after]?.scrollIntoView({ block: "nearest", behavior: "instant" });
    if (hasFocus) entries[after]?.querySelector("button")?.focus();
    const others = [-1, ...names.keys()].filter((index) => index === -1 || isDone(index));
    choice.replaceChildren(
      option("the run before it", ""),
      ...others.map((index) => option(names[index] ?? "the beginning", `${index}`)),
    );
    choice.value = since === undefined ? "" : `${since}`;
    void showTables();
  }

  function entryOf(name: string, index: number): HTMLElement {
    const state = states.get(index);
    const first = state?.kind === "done" ? state.clients[0] : undefined;
    const rows = first?.tables.flatMap((table) => table.rows);
    const counts = element("span", "counts", rows ? countsOf(rows) : "not run");
    const entry = button(`${index + 1}. ${name} `, () => {
      after = index;
      update();
    });
    entry.append(counts);
    entry.disabled = !rows;
    entry.ariaPressed = String(index === after);
    return element("li", "", entry);
  }

  async function showTables(): Promise<void> {
    const asked = { kind: "tables", after, since: since ?? Math.max(-1, after - 1) } as const;
    const answer = await question(asked).catch(() => undefined); // the bar says that the connection is lost
    if (answer && asked.after === after) tables.replaceChildren(...answer.map(clientElement));
  }

  return {
    opener,
    show(index: number, state: RunState) {
      states.set(index, state);
      update();
    },
  };
}

function clientElement({ title, tables }: PointAnswer[number]): HTMLElement {
  const figures = tables ? tableFigures({ tables, unshown: [] }) : [];
  const none = element("p", "unshown", tables ? "There is no table." : "It is not known.");
  const shown = figures.length > 0 ? figures : [none];
  return element("section", "", element("h3", "", title), ...shown);
}

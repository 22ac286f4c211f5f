import type { DoneState } from "../messages.ts";
import { element } from "./elements.ts";
import { signs } from "./headline.ts";

const words = { odd: "other tables", bad: "not as documented" } as const;

/** Marks the tabs of the clients that are not as they should be: a tab that is not chosen hides them. */
export function markTabs(place: Element, done: DoneState | undefined): void {
  for (const tab of place.querySelectorAll("[role=tab]")) {
    tab.querySelector(".sign")?.remove();
    const panel = document.getElementById(tab.getAttribute("aria-controls") ?? "");
    const result = done?.clients.find(({ client }) => client === panel?.dataset.choice);
    if (!result || !done) continue;
    const isOdd = done.databases.kind === "different" && done.databases.odd.includes(result.client);
    const kind = result.isGood ? (isOdd ? "odd" : undefined) : "bad";
    if (!kind) continue;
    const said = element("span", "unseen", ` ${words[kind]}`);
    tab.append(element("span", `sign ${kind}`, ` ${signs[kind]}`, said));
  }
}

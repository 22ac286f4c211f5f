import type { ServerEvent } from "../messages.ts";
import { bringBack, holdOn } from "./hold.ts";
import { placesOfRuns } from "./places.ts";
import { reloadInPlace, returnToPlace } from "./return.ts";
import { openToolbar } from "./toolbar.ts";

// The page shows what the server tells, and asks for nothing by itself.

const places = placesOfRuns();
const toolbar = openToolbar();
const arrive = returnToPlace();

const stream = new EventSource("/events");
stream.addEventListener("message", ({ data }) => {
  const event: ServerEvent = JSON.parse(data);
  const hold = holdOn();
  take(event);
  bringBack(hold);
  if (event.kind === "past") arrive();
});
stream.addEventListener("open", () => toolbar.connected(true));
stream.addEventListener("error", () => toolbar.connected(false)); // the browser tries again

function take(event: ServerEvent): void {
  switch (event.kind) {
    case "past":
      toolbar.show(event.status);
      for (const [index, place] of places.entries()) {
        place.showStatus(event.status);
        place.show(event.states[index] ?? { kind: "waiting" });
      }
      layOutProjector();
      return;
    case "status":
      toolbar.show(event.status);
      for (const place of places) place.showStatus(event.status);
      return;
    case "run":
      places[event.run]?.show(event.state);
      toolbar.announce(places[event.run]?.name ?? "", event.state);
      layOutProjector();
      return;
    case "output":
      places[event.run]?.print(event.client, event.text);
      return;
    case "reload":
      reloadInPlace();
      return;
    case "end":
      stream.close();
      toolbar.end();
      for (const place of places) place.end();
      return;
  }
}

function layOutProjector(): void {
  dispatchEvent(new Event("resize"));
}

import type { ServerEvent } from "../messages.ts";
import { addSkipLink, chooseLibrary, keepLibrary } from "./commands.ts";
import { layOutProjector } from "./elements.ts";
import { layOutLater } from "./later.ts";
import { openLearning } from "./learn.ts";
import { openPoints } from "./points.ts";
import { findRuns } from "./run.ts";
import { openScripts } from "./scripts.ts";
import { keepPosition, keepPositionOnResize, restorePosition } from "./scroll.ts";
import { type AskToRun, ask, refused } from "./server.ts";
import { openToolbar } from "./toolbar.ts";

// The page shows what the server sends. It asks for something only if the reader does.

const scripts = openScripts((run) => void act({ kind: "run", run }));
const runs = findRuns(act);
const points = openPoints(runs.map(({ name }) => name));
const learning = openLearning();
const toolbar = openToolbar(act, points.opener, learning.control);
keepLibrary();
addSkipLink();
keepPositionOnResize();
layOutLater();
const restoreAgain = restorePosition();

const stream = new EventSource("/events");
stream.addEventListener("message", ({ data }) => {
  const event: ServerEvent = JSON.parse(data);
  keepPosition(() => show(event));
  if (event.kind === "past") restoreAgain();
});
stream.addEventListener("open", () => toolbar.connected(true));
stream.addEventListener("error", () => toolbar.connected(false)); // the browser tries again

function show(event: ServerEvent): void {
  switch (event.kind) {
    case "past":
      chooseLibrary(event.library);
      learning.offer(event.courses, event.course, event.library);
      scripts.show(event.scripts);
      toolbar.show(event.status);
      for (const [index, run] of runs.entries()) {
        run.showStatus(event.status);
        const state = event.states[index] ?? { kind: "waiting" };
        run.show(state);
        points.show(index, state);
      }
      layOutProjector();
      return;
    case "scripts":
      scripts.show(event.scripts);
      return;
    case "status":
      toolbar.show(event.status);
      for (const run of runs) run.showStatus(event.status);
      return;
    case "run":
      runs[event.run]?.show(event.state);
      points.show(event.run, event.state);
      scripts.showFailures(event.run, event.state);
      toolbar.announce(runs[event.run]?.name ?? "", event.state);
      layOutProjector();
      return;
    case "output":
      runs[event.run]?.print(event.client, event.text);
      return;
    case "reload":
      void loadAgain();
      return;
    case "end":
      stream.close();
      toolbar.end();
      for (const run of runs) run.end();
      return;
  }
}

/** What the reader is writing is kept first. */
async function loadAgain(): Promise<void> {
  if (await scripts.keep()) location.reload();
  else refused("The guide has changed. Choose one of the two versions, and load the page again.");
}

/** Asks for a run, with the versions that the page shows: only those may run. */
async function act(action: Parameters<AskToRun>[0]): Promise<void> {
  await ask({ ...action, shown: await scripts.shown() });
}

import { color } from "../../runner/common/color.ts";
import { renderProse } from "../../runner/common/prose.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import type { Session } from "../../runner/run/session.ts";
import type { Stepper } from "../../runner/run/stepper.ts";
import { codePage } from "./code-page.ts";
import { connectingTo } from "./connecting.ts";
import { endingOf, introductionOf, wholeIntroductionOf } from "./cover.ts";
import { keyTable } from "./key-help.ts";
import type { Keys } from "./keys.ts";
import type { Move, Place } from "./moves.ts";
import { pageOf } from "./page.ts";
import type { Pager } from "./pager.ts";
import { wholeDiffOf } from "./result.ts";
import type { Screen } from "./screen.ts";

export interface NotebookChoice {
  readonly guide: Guide;
  readonly clients: readonly string[];
  readonly session: Session;
  readonly keys: Keys;
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

/** A notebook that is being read: where the reader is, and where the databases are. */
export interface Notebook extends NotebookChoice {
  readonly pager: Pager;
  readonly stepper: Stepper;
  place: Place;
}

/** Wider lines of prose are hard to read. */
const WIDEST = 100;

/** Shows what stands beside the guide's own pages. The reader stays where he is. */
export async function sideOf(
  { guide, clients, session, stepper, screen }: Notebook,
  move: Extract<Move, { kind: "show" }>,
): Promise<string> {
  const width = widthOf(screen);
  const last = stepper.judged.at(-1);
  switch (move.what) {
    case "code": {
      const step = guide.runs[move.run]?.step;
      return step ? codePage(guide, step) : "";
    }
    case "diff":
      return last ? wholeDiffOf(last) : "Nothing was run yet.";
    case "introduction":
      return wholeIntroductionOf(guide, width);
    case "keys": {
      const ways = clients.map((client) => connectingTo(client, guide, session, width));
      return [keyTable(), ...(await Promise.all(ways))].join("\n\n");
    }
  }
}

export async function turnTo(notebook: Notebook, place: Place): Promise<void> {
  notebook.place = place;
  notebook.pager.show(await textOf(notebook, place), place.kind === "cover" ? 1 : 0);
}

async function textOf(
  { guide, clients, session, screen }: Notebook,
  place: Place,
): Promise<string> {
  const width = widthOf(screen);
  switch (place.kind) {
    case "cover": {
      const server = color.dim(`${session.server.label} · clients: ${clients.join(", ")}`);
      const connecting = await connectingTo(clients[0] ?? "", guide, session, width);
      return [server, introductionOf(guide, width), connecting].filter(Boolean).join("\n\n");
    }
    case "step":
    case "result": {
      const run = guide.runs[place.run];
      return run ? pageOf(guide, run, width) : "";
    }
    case "end": {
      const waiting =
        "That was the last step. The databases are still there, as it left them: ? shows how to look into them.";
      return [renderProse(waiting, width), endingOf(guide, width)].filter(Boolean).join("\n\n");
    }
  }
}

export function widthOf(screen: Screen): number {
  return Math.min(screen.size().width, WIDEST);
}

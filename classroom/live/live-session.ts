import type { Guide } from "../../runner/guide/guide.ts";
import type { Session } from "../../runner/run/session.ts";
import { openController } from "./controller.ts";
import type { DriverStatements } from "./database/driver-statements.ts";
import { openObserver } from "./database/observer.ts";
import { followSaves } from "./follow-saves.ts";
import { openGuideText } from "./guide-text.ts";
import { serve } from "./http.ts";
import { loadPageCode } from "./page-of-guide.ts";
import { readAction } from "./read-action.ts";
import { openRunBoard } from "./run-board.ts";
import type { LiveClient } from "./sight.ts";
import { openSubscribers } from "./subscribers.ts";

export interface LiveChoice {
  readonly guide: Guide;
  readonly clients: readonly LiveClient[];
  readonly session: Session;
  /** Of the same session. */
  readonly statements: DriverStatements;
  /** 0 for any that is free. */
  readonly port: number;
  /** Seconds after which it ends when the last page is closed. */
  readonly patience: number;
  /** Is told the first address, and each time one was used, another. */
  readonly onAddress: (address: string, isFirst: boolean) => void;
  readonly signal: AbortSignal;
}

/** Serves the guide as a page until the last one is closed, or the signal is given. */
export async function runLive(choice: LiveChoice): Promise<void> {
  const { guide, clients, session, statements, port, patience, onAddress, signal } = choice;
  let end = () => {};
  let fail = (_: unknown) => {};
  const ended = new Promise<void>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  const subscribers = openSubscribers(patience * 1000, end);
  const names = clients.map(({ name }) => name);
  const board = openRunBoard(guide, names, subscribers);
  const observer = await openObserver(session, statements);
  const controller = openController({ guide, clients, session, observer, board, onFailure: fail });
  const text = await openGuideText(guide, clients, session.server, await loadPageCode());
  const routes = {
    page: () => text.page,
    join: (response: Parameters<typeof subscribers.join>[0]) =>
      subscribers.join(response, board.past()),
    act(body: string) {
      const action = readAction(body, guide.runs.length);
      return action
        ? controller.act(action)
        : ({ status: 400, reason: "No such action." } as const);
    },
  };
  const server = await serve(port, routes, () => onAddress(server.newAddress(), false));
  const close = followSaves({ guide, clients: names, text, controller, board, subscribers });
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  onAddress(server.newAddress(), true);
  try {
    await ended;
  } finally {
    await close();
    controller.act({ kind: "stop" });
    subscribers.dismiss();
    await server.close();
    await controller.idle;
  }
}

import type { ServerResponse } from "node:http";
import { unlessAborted, untilAborted } from "../../runner/common/abort.ts";
import { Failure } from "../../runner/common/failure.ts";
import type { Session, SessionOptions } from "../../runner/run/session.ts";
import type { PageCourses } from "../learn/page-course.ts";
import type { Refusal } from "./access.ts";
import { openController } from "./controller.ts";
import { openAsking } from "./database/ask-session.ts";
import type { DriverStatements } from "./database/driver-statements.ts";
import { openObserver, tablesAt } from "./database/observer.ts";
import { openLearning } from "./learning.ts";
import type { LiveClient } from "./live-clients.ts";
import { serve } from "./live-server.ts";
import { openLiveState, openPages } from "./live-state.ts";
import { openLivePage } from "./make-page.ts";
import type { OpenOptions } from "./open-command.ts";
import { type Answers, type Question, readQuestion } from "./questions.ts";
import { openReaderMemory } from "./reader-memory.ts";
import { openVersions } from "./versions/answer-versions.ts";
import type { Script } from "./versions/scripts.ts";
import type { VersionStore } from "./versions/version-store.ts";
import { watchGuide } from "./watch-guide.ts";

export interface LiveOptions
  extends Pick<SessionOptions, "guide" | "timeout" | "note" | "signal">,
    Pick<OpenOptions, "port" | "idleTimeout"> {
  readonly clients: readonly LiveClient[];
  readonly session: Session;
  /** Those of the same session. */
  readonly statements: DriverStatements;
  readonly scripts: readonly Script[];
  readonly store: VersionStore;
  /** For checking types: a directory that is not there yet. */
  readonly typesDirectory: string;
  readonly pageCourses: PageCourses;
  /** The courses that the page offers. */
  readonly courses: readonly string[];
  /** The course with which the page begins; empty without one. */
  readonly course: string;
  /** The digests of the versions that the session runs, by the files in whose place they run. */
  readonly running: ReadonlyMap<string, string>;
  /** Called with the first address, and with another one each time that one was used. */
  readonly onAddress: (address: string, isFirst: boolean) => void;
}

/** How long to wait after Ctrl-C for what runs. Its processes have ended; the server may not answer. */
const IDLE_LIMIT_MS = 1000;

/**
 * Serves the guide as a page, until the signal.
 * @returns true if it ended because no page was open
 */
export async function runLive(options: LiveOptions): Promise<boolean> {
  const { guide, clients, session, port, idleTimeout, onAddress, signal } = options;
  let onIdle = () => {};
  let onFailure = (_: unknown) => {};
  const idle = new Promise<true>((resolve, reject) => {
    onIdle = () => resolve(true);
    onFailure = reject;
  });
  const pages = openPages(idleTimeout * 1000, onIdle);
  const names = clients.map(({ name }) => name);
  const state = openLiveState(guide, names, pages.send);
  const observer = await openObserver(session, options.statements, state);
  const controller = openController({
    guide,
    clients,
    session: observer.session,
    observer,
    state,
    onFailure,
    running: options.running,
  });
  const page = await openLivePage(guide, clients, session.server);
  const memory = openReaderMemory(guide);
  const asking = openAsking(guide, session, controller, memory);
  const versions = openVersions({
    ...options,
    state,
    onChange: controller.changed,
    checkSql: (text) => asking.check(names[0] ?? "", text),
  });
  const learning = openLearning(guide, options.courses, options.pageCourses, options);
  const { course } = options;
  if (course) void page.editor().catch(() => {}); // the page opens it at once
  const reader = () => ({ library: memory.library(), courses: options.courses, course });
  const answerTo = async (question: Question): Promise<Answers[keyof Answers] | Refusal> => {
    switch (question.kind) {
      case "run":
      case "back":
      case "all":
        return versions.refuseUnseen(question.shown) ?? controller.act(question) ?? {};
      case "stop":
      case "runOnSave":
        return controller.act(question) ?? {};
      case "database":
        return asking.ask(question.client, question.run, question.statement);
      case "history":
        return memory.asked();
      case "library":
        memory.rememberLibrary(question.client);
        return {};
      case "tables":
        return tablesAt(question, clients, observer);
      case "script":
      case "write":
      case "types":
      case "save":
        return versions.answer(question);
      default:
        return learning.answer(question);
    }
  };
  const routes = {
    page: page.htmlWith,
    editor: page.editor,
    join: (response: ServerResponse) => pages.join(response, state.past(reader())),
    async ask(body: string): Promise<object | Refusal> {
      const scripts = options.scripts.length;
      const known = { scripts, runs: guide.runs.length, clients: names };
      const question = readQuestion(body, known);
      if (!question) return { status: 400, reason: "Unknown question." };
      try {
        return await answerTo(question);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        return { status: 409, reason: error.message };
      }
    },
  };
  const server = await serve(port, routes, () => onAddress(server.newAddress(), false));
  const stopWatching = watchGuide({
    guide,
    clients: names,
    page,
    controller,
    state,
    onUpdate: versions.show,
    onFailure,
  });
  onAddress(server.newAddress(), true);
  try {
    return await Promise.race([idle, untilAborted(signal).then(() => false)]);
  } finally {
    await stopWatching();
    controller.act({ kind: "stop" });
    pages.close();
    await server.close();
    await learning.close();
    await unlessAborted(controller.idle, signal, IDLE_LIMIT_MS);
  }
}

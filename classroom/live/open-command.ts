import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Context, GuideOptions } from "../../runner/cli/program.ts";
import { isCi } from "../../runner/common/ci.ts";
import { Failure } from "../../runner/common/failure.ts";
import { guideDirectory } from "../../runner/common/project.ts";
import { describeUnavailable } from "../../runner/guide/clients.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { withSnapshots } from "../../runner/snapshots/with-snapshots.ts";
import type { JoinOptions } from "../learn/join-board.ts";
import { openPageCourses, type PageCourses } from "../learn/page-course.ts";
import { openDriverStatements } from "./database/driver-statements.ts";
import { chooseClients, liveClients } from "./live-clients.ts";
import { runLive } from "./live-session.ts";
import { openVersionLauncher } from "./versions/launch-versions.ts";
import { scriptsOf } from "./versions/scripts.ts";
import { openVersionStore } from "./versions/version-store.ts";

export interface OpenOptions extends GuideOptions, JoinOptions {
  /** False to only print the address. */
  readonly browser: boolean;
  /** The course with whose exercises the page begins. */
  readonly learn?: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Seconds without an open page after which the guide ends. */
  readonly idleTimeout: number;
}

/** `open`: serves the guide as a live page, until no page is open, or Ctrl-C. @returns the exit code */
export async function openCommand(options: OpenOptions, context: Context): Promise<number> {
  const { note, print, signal } = context;
  const guide = await loadGuide(guideDirectory(options.guide));
  const selection = await chooseClients(guide, options);
  for (const client of selection.unavailable) note(describeUnavailable(client));
  const { clients: names, standalone } = selection;
  const { timeout, port, idleTimeout } = options;
  const clients = liveClients(selection);
  const scripts = scriptsOf(guide, clients);
  const store = openVersionStore(guide, scripts);
  const launcher = openVersionLauncher(store.texts);
  const statements = openDriverStatements(launcher.prepare);
  const pageCourses = await openPageCourses(guide, options, context);
  const courses = namesOf(pageCourses, guide, options.learn);
  const course = chooseCourse(courses, options.learn);
  let file = "";

  function onAddress(address: string, isFirst: boolean): void {
    print(isFirst ? `The guide is at ${address}\n` : `For another browser: ${address}\n`);
    if (!isFirst) return;
    note(
      `The address works once. The guide ends with Ctrl-C, or after ${idleTimeout} s without an open page.`,
    );
    if (options.browser && !isCi()) openBrowser(address, file);
  }

  const isIdle = await withSnapshots(
    { guide, clients: names, standalone, runs: guide.runs, timeout, inPlace: false, note, signal },
    (session) =>
      runLive({
        guide,
        clients,
        session,
        statements,
        scripts,
        store,
        running: launcher.running,
        port,
        idleTimeout,
        onAddress,
        signal,
        timeout,
        note,
        pageCourses,
        courses,
        course,
        typesDirectory: join(session.directory, "types"),
      }),
    (sessionOptions, workspace) => {
      file = workspace.fileForOthers;
      return statements.prepare(sessionOptions, workspace);
    },
  ).finally(pageCourses.close);
  if (isIdle) note(`No page was open for ${idleTimeout} s. The guide has ended.`);
  return 0;
}

/** What is wrong with the exercises keeps only a learner from opening the guide. */
function namesOf(
  pageCourses: PageCourses,
  guide: Guide,
  wanted: string | undefined,
): readonly string[] {
  try {
    return pageCourses.names(guide);
  } catch (error) {
    if (error instanceof Failure && wanted === undefined) return [];
    throw error;
  }
}

/** @throws Failure of kind "usage" for a course that does not exist */
function chooseCourse(names: readonly string[], wanted = ""): string {
  if (wanted === "" || names.includes(wanted)) return wanted;
  const known = names.length > 0 ? `The courses: ${names.join(", ")}.` : "It has no exercises.";
  throw new Failure("usage", `The guide has no course "${wanted}". ${known}`);
}

const browsers: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: "open",
  win32: "explorer.exe",
};

/**
 * Opens an address in the reader's browser. All users of the machine can see command lines, and the address
 * contains a secret. So the browser opens a file that leads there.
 * @param file is removed at the end, even if the runner is killed
 */
function openBrowser(address: string, file: string): void {
  const page = `<!doctype html><title>The guide</title><meta http-equiv="refresh" content="0;url=${address}">`;
  writeFileSync(file, page, { mode: 0o600, flag: "wx" });
  const child = spawn(browsers[process.platform] ?? "xdg-open", [pathToFileURL(file).href], {
    stdio: "ignore",
    detached: true,
  });
  child.on("error", () => {}); // the address is in the terminal
  child.unref();
}

import { networkInterfaces } from "node:os";
import { join, relative } from "node:path";
import type { Context } from "../../runner/cli/program.ts";
import { untilAborted } from "../../runner/common/abort.ts";
import { exitCodes } from "../../runner/common/failure.ts";
import { guideDirectory } from "../../runner/common/project.ts";
import { exercisesDirectory, readCourses } from "../../runner/guide/exercises.ts";
import { refuseOwnFiles } from "../../runner/guide/guide.ts";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { boardCsv, openTableFile } from "./board-csv.ts";
import { openAutoSave, readBoard, refuseSecond, saveBoard } from "./board-file.ts";
import { serveBoard } from "./board-server.ts";
import { boardView, openPages } from "./board-view.ts";
import { openLearners } from "./learners.ts";

export interface BoardOptions {
  readonly guide?: string;
  readonly host: string;
  readonly port: number;
  /** Show the learners' names. */
  readonly names?: boolean;
  /** A file that gets the progress of all learners as a table, with their names. */
  readonly csv?: string;
}

/** `board`: serves a page that shows how far a class is, until Ctrl-C. @returns the exit code */
export async function boardCommand(options: BoardOptions, context: Context): Promise<number> {
  const { print, note, signal } = context;
  const { host, port, csv } = options;
  const guide = await loadGuide(guideDirectory(options.guide));
  const file = join(exercisesDirectory(guide), "board.json");
  const before = readBoard(file);
  await refuseSecond(file, before);
  if (csv !== undefined) refuseOwnFiles("table", [csv]);
  const table = csv === undefined ? undefined : openTableFile(csv, before.table, note);
  const { code } = before;
  const courses = readCourses(guide);
  const names = new Set(courses.flatMap(({ exercises }) => exercises.map(({ name }) => name)));
  const learners = openLearners(names, before.learners);
  let addresses: string[] = [];
  const autoSave = openAutoSave(() => {
    try {
      table?.write(boardCsv(learners.all, Date.now()));
    } finally {
      const state = { code, learners: learners.all, address: addresses[0] };
      saveBoard(file, { ...state, table: table ? table.digest() : before.table });
    }
  }, note);
  const pages = openPages(() =>
    boardView(guide, courses, learners.all, options.names === true, Date.now()),
  );
  const onChange = () => {
    pages.changed();
    autoSave.changed();
  };
  const server = await serveBoard({
    host,
    port,
    code,
    guide: guide.title,
    learners,
    pages,
    onChange,
  });
  addresses = addressesOf(host).map((name) => `http://${name}:${server.port}/${code}/`);
  try {
    if (!autoSave.now()) return exitCodes.usage;
    for (const address of addresses) print(`${address}\n`);
    note("Open this on the projector. Learners join with:");
    note(`${guide.command} learn --board ${addresses[0]}`);
    if (host === "127.0.0.1") note("To let other machines join, start it with --host 0.0.0.0.");
    note(`The board saves its state in ${relative(process.cwd(), file)}. Ctrl-C stops it.`);
    await untilAborted(signal);
  } finally {
    pages.close();
    await server.close();
  }
  return autoSave.now() ? 0 : exitCodes.report;
}

/** For a host that means all addresses of this machine, those that others can reach. */
function addressesOf(host: string): string[] {
  if (host !== "0.0.0.0" && host !== "::") return [host.includes(":") ? `[${host}]` : host];
  const all = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  const others = all.filter(({ family, internal }) => family === "IPv4" && !internal);
  return others.length > 0 ? others.map(({ address }) => address) : ["127.0.0.1"];
}

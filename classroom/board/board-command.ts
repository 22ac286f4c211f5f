import { networkInterfaces } from "node:os";
import { join, relative } from "node:path";
import type { Context } from "../../runner/cli/program.ts";
import { exitCodes } from "../../runner/common/failure.ts";
import { guideDirectory } from "../../runner/common/project.ts";
import { exercisesDirectory, readCourses } from "../../runner/guide/exercises.ts";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { readBoard, refuseSecond, writeBoard } from "./board-file.ts";
import { serveBoard } from "./board-server.ts";
import { openLearners } from "./learners.ts";
import { openSaving } from "./saving.ts";
import { openStreams } from "./streams.ts";
import { wallOf } from "./wall.ts";

export interface BoardOptions {
  readonly guide?: string;
  readonly host: string;
  readonly port: number;
  /** Show the learners' names. */
  readonly names?: boolean;
}

/** `board`: a page for the wall, until Ctrl-C. @returns the exit code */
export async function boardCommand(options: BoardOptions, context: Context): Promise<number> {
  const { print, note, signal } = context;
  const guide = await loadGuide(guideDirectory(options.guide));
  const file = join(exercisesDirectory(guide), "board.json");
  const before = readBoard(file);
  await refuseSecond(file, before);
  const { code } = before;
  const courses = readCourses(guide);
  const names = new Set(courses.flatMap(({ exercises }) => exercises.map(({ name }) => name)));
  const learners = openLearners(names, before.learners);
  let addresses: string[] = [];
  const save = () => writeBoard(file, { code, learners: learners.all, address: addresses[0] });
  const saving = openSaving(save, note);
  const streams = openStreams(() =>
    wallOf(guide, courses, learners.all, options.names === true, Date.now()),
  );
  const onChange = () => {
    streams.changed();
    saving.changed();
  };
  const { host, port } = options;
  const server = await serveBoard({ host, port, code, learners, streams, onChange });
  addresses = addressesOf(host).map((name) => `http://${name}:${server.port}/${code}/`);
  try {
    save();
    for (const address of addresses) print(`${address}\n`);
    note(`Open it on the wall. Learners join with: ${guide.command} learn --board ADDRESS`);
    note(`Its state is ${relative(process.cwd(), file)}. Ctrl-C ends the board.`);
    await unlessAborted(signal);
  } finally {
    streams.close();
    await server.close();
  }
  return saving.end() ? 0 : exitCodes.report;
}

/** Where others find it. Of all addresses of this machine, those that it has for others. */
function addressesOf(host: string): string[] {
  if (host !== "0.0.0.0" && host !== "::") return [host.includes(":") ? `[${host}]` : host];
  const all = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  const others = all.filter(({ family, internal }) => family === "IPv4" && !internal);
  return others.length > 0 ? others.map(({ address }) => address) : ["127.0.0.1"];
}

function unlessAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve());
  });
}

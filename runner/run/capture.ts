import { execFile } from "node:child_process";
import { closeSync, constants, openSync, readSync, rmSync, statSync } from "node:fs";
import { Socket } from "node:net";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { Failure, hasCode, messageOf } from "../common/failure.ts";
import { writeAll } from "../common/files.ts";

/** Takes all that a process writes to one of its descriptors, and keeps it in a file. */
export interface Capture {
  /** The end for the process. */
  readonly descriptor: number;
  /** The process has its end, or never will. */
  handOver(): void;
  /** Takes what is left. Nothing waits for those that may still hold the other end. */
  finish(): void;
}

/** Where a step writes to. */
export type CaptureInto = (file: string, fail: (reason: string) => void) => Promise<Capture>;

const OUTPUT_LIMIT = 1024 ** 3;
const TOO_MUCH = "printed more than 1 GiB";

/** What a pipe holds at most, on Linux. */
const PIPE_CAPACITY = 1024 * 1024;

const PIPES_AT_ONCE = 64;

/**
 * Captures through named pipes. A process that opens `/dev/stdout` once more gets the same pipe, from
 * which nothing that was printed can be taken back; of a file, it would cut off what is there. A socket,
 * which is what Node.js calls a pipe, could not be opened.
 * @param directory where the pipes are made, many at a time: each time costs a process. The first are
 *   made at once, before anybody waits for them
 */
export function openCaptures(directory: string): CaptureInto {
  if (process.platform === "win32") return async (file, fail) => captureInFile(file, fail);
  let count = 0;
  const makeMore = () =>
    makePipes(Array.from({ length: PIPES_AT_ONCE }, () => join(directory, `pipe-${count++}`)));
  let pipes = makeMore();
  pipes.catch(() => {}); // told to whoever wants one

  async function take(): Promise<string> {
    const pipe = (await pipes).pop();
    if (pipe) return pipe;
    pipes = makeMore();
    return take();
  }
  return async (file, fail) => captureFromPipe(await take(), file, fail);
}

async function makePipes(names: string[]): Promise<string[]> {
  const path = [process.env.PATH, "/usr/bin", "/bin"].join(delimiter);
  try {
    await promisify(execFile)("mkfifo", ["-m", "600", ...names], { env: { PATH: path } });
    return names;
  } catch (error) {
    const [reason = ""] = messageOf(error).trim().split("\n").slice(-1);
    throw new Failure("database", `mkfifo made no named pipe. ${reason}`);
  }
}

function captureFromPipe(pipe: string, file: string, fail: (reason: string) => void): Capture {
  const kept = openSync(file, "wx", 0o600);
  const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(pipe, constants.O_WRONLY);
  rmSync(pipe);

  let length = 0;
  let hasFailed = false;
  const take = (bytes: Buffer) => {
    if (hasFailed) return;
    length += bytes.length;
    try {
      if (length > OUTPUT_LIMIT) throw new Error(TOO_MUCH);
      writeAll(kept, bytes);
    } catch (error) {
      hasFailed = true;
      fail(length > OUTPUT_LIMIT ? TOO_MUCH : `its output cannot be kept: ${messageOf(error)}`);
    }
  };
  const stream = new Socket({ fd: reader, readable: true, writable: false });
  stream.on("data", take).on("error", () => {});

  return {
    descriptor: writer,
    handOver: () => closeSync(writer),
    finish() {
      stream.pause();
      if (!stream.destroyed) for (const bytes of readWhatIsThere(reader)) take(bytes);
      stream.destroy();
      closeSync(kept);
    },
  };
}

/** A process that got away may go on writing: no more is read than can have been there. */
function* readWhatIsThere(reader: number): Generator<Buffer> {
  const buffer = Buffer.alloc(64 * 1024);
  for (let left = PIPE_CAPACITY; left > 0; ) {
    let length: number;
    try {
      length = readSync(reader, buffer);
    } catch (error) {
      if (hasCode(error, "EAGAIN")) return;
      throw error;
    }
    if (length === 0) return;
    left -= length;
    yield buffer.subarray(0, length);
  }
}

/** On Windows, where nothing opens its own stdout by a name. */
function captureInFile(file: string, fail: (reason: string) => void): Capture {
  const descriptor = openSync(file, "wx", 0o600);
  const meter = setInterval(() => {
    if (statSync(file).size > OUTPUT_LIMIT) fail(TOO_MUCH);
  }, 250);
  return {
    descriptor,
    handOver: () => {},
    finish() {
      clearInterval(meter);
      closeSync(descriptor);
    },
  };
}

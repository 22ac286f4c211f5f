import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readBoard } from "../../classroom/board/board-file.ts";
import { loadCourse } from "../../classroom/learn/course.ts";
import { solutionOf } from "../../classroom/learn/exercise-files.ts";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { copyProject, type Ended, root, runProcess } from "./process.ts";
import { median } from "./series.ts";

// How learners share one machine: npx tsx tools/bench/learners.ts 1 5 30. Each has a copy of the guide, a right
// answer, and an embedded server, and all begin at once, next to a board. It needs Linux, and bash.

const EXERCISE = "pg/03-update";
const LOOK_MS = 300;

/** Makes a learner's copy of the project, with a right answer. */
function makeLearner(directory: string, answer: string): string {
  copyProject(directory);
  const file = join(directory, "exercises", `${EXERCISE}.ts`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, answer);
  return directory;
}

const command = (...words: string[]) => ["--import", "tsx", ...words];

/** Opens a board. @returns its address, and what ends it: it saves its state then */
async function openBoard(directory: string) {
  const words = command(join(directory, "run-guide.ts"), "board", "--port", "0");
  const board = spawn(process.execPath, words, { cwd: root, stdio: ["ignore", "pipe", "ignore"] });
  const ended = once(board, "exit");
  const [printed] = await once(board.stdout, "data");
  return {
    address: String(printed).trim(),
    async close() {
      board.kill();
      await ended;
    },
  };
}

function learn(directory: string, address: string): Promise<Ended> {
  const own = ["learn", "--once", EXERCISE, "--board", address];
  const choices = command(join(directory, "run-guide.ts"), ...own);
  return runProcess({ program: process.execPath, choices });
}

/** Megabytes of all processes below this one. What they share counts once. */
function memoryBelow(): number {
  const parents = new Map<string, string>();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const [, parent = ""] = /^PPid:\s+(\d+)/m.exec(readProcess(pid, "status")) ?? [];
    parents.set(pid, parent);
  }
  const isBelow = (pid: string): boolean => {
    const parent = parents.get(pid);
    return parent !== undefined && (parent === String(process.pid) || isBelow(parent));
  };
  const sizes = [...parents.keys()].filter(isBelow).map((pid) => {
    const [, size = "0"] = /^Pss:\s+(\d+)/m.exec(readProcess(pid, "smaps_rollup")) ?? [];
    return Number(size) / 1024;
  });
  return sizes.reduce((sum, one) => sum + one, 0);
}

function readProcess(pid: string, file: string): string {
  try {
    return readFileSync(join("/proc", pid, file), "utf8");
  } catch {
    return ""; // it has ended
  }
}

async function measure(count: number, parent: string): Promise<string> {
  const { exercises } = await loadCourse(await loadGuide(root), "pg");
  const exercise = exercises.find(({ name }) => name === EXERCISE);
  if (!exercise) throw new Error(`There is no ${EXERCISE}`);
  const answer = solutionOf(exercise);
  const copies = Array.from({ length: count }, (_, index) =>
    makeLearner(join(parent, `${count}-${index}`), answer),
  );
  const board = await openBoard(copies[0] ?? "");
  let most = 0;
  const look = setInterval(() => {
    most = Math.max(most, memoryBelow());
  }, LOOK_MS);
  const learning = copies.map((copy) => learn(copy, board.address));
  const all = await Promise.all(learning).finally(() => {
    clearInterval(look);
    return board.close();
  });
  const wrong = all.filter(({ code }) => code !== 0);
  for (const { stdout, stderr } of wrong) process.stderr.write(stdout + stderr);
  const seconds = (milliseconds = 0) => `${(milliseconds / 1000).toFixed(1)} s`;
  const walls = all.map(({ wall }) => wall);
  const cells = [
    count,
    seconds(median(walls)),
    seconds(Math.max(...walls)),
    seconds(median(all.map(({ processor }) => processor))),
    `${Math.round(most)} MB`,
    wrong.length,
    readBoard(join(copies[0] ?? "", "exercises/board.json")).learners.length,
  ];
  return `| ${cells.join(" | ")} |\n`;
}

const parent = mkdtempSync(join(tmpdir(), "learners-"));
try {
  process.stdout.write(
    "| Learners | Median | Worst | Processor time of each | Memory of all | Gave up | On the board |\n",
  );
  process.stdout.write("| --- | --- | --- | --- | --- | --- | --- |\n");
  for (const count of process.argv.slice(2).map(Number)) {
    process.stdout.write(await measure(count, parent));
  }
} finally {
  rmSync(parent, { recursive: true, force: true });
}

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { attempt } from "./failure.ts";

const LOOK_EVERY_MS = 1000;
const GENERATIONS = 10;

/** @returns nothing on another system, or if the process has ended */
const read = (file: string) => attempt(() => readFileSync(file, "utf8"), "");

/** Read early: the parent may end before anything waits for that. */
const atStart = parents().join();

/**
 * Calls when the process that started this one has ended. An npx that is killed sends no signal.
 * @returns what ends the looking
 */
export function onParentEnd(call: () => void): () => void {
  const timer = setInterval(() => {
    if (parents().join() === atStart) return;
    clearInterval(timer);
    call();
  }, LOOK_EVERY_MS).unref();
  return () => clearInterval(timer);
}

/** The parent's id. On Linux also those above it up to npm, which starts a shell that starts tsx. */
function parents(): number[] {
  const all = [process.ppid];
  while (all.length < GENERATIONS) {
    const stat = read(`/proc/${all.at(-1)}/stat`);
    // The second field is the program's name in parentheses, and may contain anything.
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    if (!(parent > 1)) break;
    all.push(parent);
  }
  const isNpm = (id: number) => isPackageManager(read(`/proc/${id}/cmdline`));
  return all.slice(0, Math.max(1, all.findLastIndex(isNpm) + 1));
}

/**
 * True for the process of npm, npx or another package manager. A shell that was given a line with `npx` in it is none.
 * @param commandLine as in /proc: words that end in a NUL. npm has given itself a title, of one word with blanks
 */
export function isPackageManager(commandLine: string): boolean {
  const [program = "", script = ""] = commandLine.split("\0");
  const [title = ""] = basename(program).split(" ");
  const name = /^node(js)?$/.test(title) ? basename(script) : title;
  return /^(npm|npx|pnpm|yarn|bunx?)(-cli)?(\.[cm]?js)?$/.test(name);
}

import { Failure } from "../common/failure.ts";

/** A part of a script that a learner can write. In the script itself, it is the solution. */
export interface Task {
  /** What is to be done, in one line. */
  readonly what: string;
  /** From a nudge to nearly all of it. */
  readonly hints: readonly string[];
  /** The blanks before the lines. */
  readonly indent: string;
}

/** Some lines of a script, as they follow each other. */
export interface Part {
  readonly lines: readonly string[];
  /** Set where these lines are the solution of a task. */
  readonly task: Task | undefined;
}

const opening = /^(?<indent>[ \t]*)(?:\/\/|#) exercise: (?<what>\S.*?)\s*$/;
const hint = /^[ \t]*(?:\/\/|#) hint: (?<what>\S.*?)\s*$/;
const closing = /^[ \t]*(?:\/\/|#) end\s*$/;

/**
 * Takes a script apart at its marks, which are comments: `exercise:` with what is to be done, `hint:`
 * as often as one likes, the solution, and `end`.
 * @param file for the message
 * @throws Failure of kind "layout" for an exercise that does not end, or that has another one in it
 */
export function splitMarks(source: string, file: string): Part[] {
  const parts: Part[] = [];
  let lines: string[] = [];
  let task: (Task & { readonly hints: string[] }) | undefined;
  const close = () => {
    parts.push({ lines, task });
    lines = [];
    task = undefined;
  };
  for (const line of source.split("\n")) {
    const { indent = "", what } = opening.exec(line)?.groups ?? {};
    const help = hint.exec(line)?.groups?.what;
    if (what !== undefined) {
      if (task) fail(file, task);
      close();
      task = { what, indent, hints: [] };
    } else if (task && help !== undefined && lines.length === 0) task.hints.push(help);
    else if (task && closing.test(line)) close();
    else lines.push(line);
  }
  if (task) fail(file, task);
  close();
  return parts;
}

/** A script as it is read, shown and taken home: without the marks. */
export function withoutMarks(source: string, file: string): string {
  return splitMarks(source, file)
    .flatMap(({ lines }) => lines)
    .join("\n");
}

function fail(file: string, { what }: Task): never {
  throw new Failure(
    "layout",
    `${file}: the exercise "${what}" has no end. Write a comment below its solution: // end`,
  );
}

import { existsSync } from "node:fs";
import { Failure } from "../../runner/common/failure.ts";
import type { Exercise, Task } from "../../runner/guide/exercises.ts";
import type { Run } from "../../runner/guide/guide.ts";
import { runAll } from "../../runner/run/run-all.ts";
import type { Session } from "../../runner/run/session.ts";
import type { JudgedRun } from "../../runner/verify/judge.ts";
import type { Course } from "./course.ts";
import type { Launcher } from "./launch-exercise.ts";
import { taskLeft } from "./starter.ts";

/** What running a learner's file came to. */
export type Attempt =
  | { readonly kind: "passed" }
  /** It is a starter still, or a part of it is. */
  | { readonly kind: "to do"; readonly task: Task }
  /** It is gone, or it does not compile. */
  | { readonly kind: "broken"; readonly message: string }
  /** It failed, or printed something else. */
  | { readonly kind: "wrong"; readonly judged: JudgedRun }
  /** It printed what it should, and left in the database what it should not. */
  | { readonly kind: "wrong data"; readonly judged: JudgedRun }
  | { readonly kind: "stopped" };

export interface Judge {
  /** Runs the learner's file, and compares what it prints and leaves with the golden files. */
  attempt(exercise: Exercise, stop: AbortSignal): Promise<Attempt>;
  /** Makes the database ready for an exercise, so that an attempt need not wait for that. */
  prepare(exercise: Exercise): Promise<void>;
}

export function openJudge(course: Course, session: Session, launcher: Launcher): Judge {
  const { guide, clients } = course;
  /** The exercise for which the database is ready. */
  let ready: Exercise | undefined;

  async function run(runs: readonly Run[], stop?: AbortSignal): Promise<readonly JudgedRun[]> {
    return runAll({ guide, runs, clients, session, stop });
  }

  async function prepare(exercise: Exercise): Promise<void> {
    if (ready === exercise) return;
    ready = undefined;
    await session.reset();
    const bad = (await run(exercise.before)).find(({ verdict }) => verdict !== "match");
    if (bad && bad.verdict !== "skipped") {
      throw new Failure(
        "layout",
        `${exercise.name} cannot be prepared: the guide's own ${bad.run.name} is not as documented (${bad.verdict}).`,
      );
    }
    ready = exercise;
  }

  return {
    prepare,

    async attempt(exercise, stop) {
      launcher.choose(exercise);
      const message = await brokenBecause(exercise, session, guide.command);
      if (message !== undefined) return { kind: "broken", message };
      await prepare(exercise);
      ready = undefined;
      for (const [index, one] of exercise.judges.entries()) {
        const [judged] = await run([one], stop);
        if (stop.aborted) return { kind: "stopped" };
        if (judged && judged.verdict !== "match") return failed(exercise, judged, index);
      }
      return { kind: "passed" };
    },
  };
}

/** @returns why the learner's file cannot run; undefined where it can */
async function brokenBecause(
  { file, name }: Exercise,
  session: Session,
  command: string,
): Promise<string | undefined> {
  if (!existsSync(file))
    return `${file} is gone. It is written anew by: ${command} learn reset ${name}`;
  try {
    await session.recompile();
    return undefined;
  } catch (error) {
    if (error instanceof Failure && error.kind === "layout") return error.message;
    throw error;
  }
}

function failed(exercise: Exercise, judged: JudgedRun, index: number): Attempt {
  const stderrs = judged.clients.map(({ outcome }) =>
    outcome.kind === "failed" ? outcome.stderr : "",
  );
  const task = taskLeft(exercise, stderrs.join("\n"));
  if (task) return { kind: "to do", task };
  const isAfter = exercise.kind === "script" && index > 0;
  return { kind: isAfter ? "wrong data" : "wrong", judged };
}

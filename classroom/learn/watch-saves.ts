import type { Exercise } from "../../runner/guide/exercises.ts";
import { watchFiles } from "../../runner/run/watch-files.ts";
import { readExercise } from "./exercise-files.ts";

/** Some editors empty a file before they write it: its content is run when it has stayed for this long. */
const SETTLED_MS = 100;

/** Waits for the saves of a learner. */
export interface Saves {
  /** Waits until the learner's file has another content than `known`. @throws the signal's reason */
  next(exercise: Exercise, known: string | undefined, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/**
 * Watches the files of all exercises.
 * @param directory in which they are
 */
export function watchSaves(directory: string): Saves {
  let onChange = () => {};
  const { ready, close } = watchFiles([directory], () => onChange());
  void ready.then(() => onChange()); // a learner may have saved before
  return {
    close,
    next(exercise, known, signal) {
      return new Promise((resolve, reject) => {
        let timer: NodeJS.Timeout | undefined;
        const look = () => {
          clearTimeout(timer);
          const seen = contentOf(exercise);
          if (seen === known) return;
          timer = setTimeout(() => (contentOf(exercise) === seen ? resolve() : look()), SETTLED_MS);
        };
        const onAbort = () => {
          clearTimeout(timer);
          onChange = () => {};
          reject(signal.reason);
        };
        if (signal.aborted) return onAbort();
        signal.addEventListener("abort", onAbort, { once: true });
        onChange = look;
        look();
      });
    },
  };
}

function contentOf(exercise: Exercise): string | undefined {
  try {
    return readExercise(exercise);
  } catch {
    return undefined; // it is being replaced
  }
}

import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { withCopy } from "../../classroom/learn/check-course.ts";
import { loadCourse } from "../../classroom/learn/course.ts";
import { solutionOf } from "../../classroom/learn/exercise-files.ts";
import { wholeVerdict } from "../../classroom/learn/learn-page.ts";
import { project } from "../../runner/common/project.ts";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { type Answer, answers } from "./answers.ts";

/** What a learner with this answer reads. */
export interface JudgedAnswer {
  readonly exercise: string;
  readonly what: string;
  readonly text: string;
}

/** The courses that have answers, each with the directory of its guide before it. */
export const answeredCourses = [
  ...new Set(Object.keys(answers).map((exercise) => exercise.replace(/\/[^/]+$/, ""))),
];

/**
 * Has the answers of a course judged, as `learn` does, in a directory of their own.
 * @param more answers of each exercise, by its name with its guide
 */
export async function judgeAnswers(
  course: string,
  more: (exercise: string) => readonly Answer[] = () => [],
): Promise<JudgedAnswer[]> {
  const [, guide = "", name = ""] = /^(?:(.*)\/)?([^/]+)$/.exec(course) ?? [];
  const { signal } = new AbortController();
  const context = { note: () => {}, signal };
  const loaded = await loadCourse(await loadGuide(resolve(project, guide)), name);
  return withCopy(loaded, { timeout: 30 }, context, async (attempts, copy) => {
    const judged: JudgedAnswer[] = [];
    for (const exercise of copy.exercises) {
      const full = join(guide, exercise.name).replaceAll("\\", "/");
      const all = [...(answers[full] ?? []), ...more(full)];
      if (all.length > 0) await attempts.prepare(exercise);
      for (const answer of all) {
        writeFileSync(exercise.file, change(solutionOf(exercise), answer));
        const attempt = await attempts.run(exercise, signal);
        const text = stripVTControlCharacters(wholeVerdict(attempt, exercise));
        judged.push({ exercise: full, what: answer[0], text });
      }
    }
    return judged;
  });
}

function change(solution: string, [what, from, to]: Answer): string {
  const changed = solution.replace(from, to);
  if (changed === solution && from !== to) throw new Error(`${what}: the solution has no ${from}`);
  return changed;
}

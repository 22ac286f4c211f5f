import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { Attempt } from "../../classroom/learn/attempt.ts";
import { withCopy } from "../../classroom/learn/check-course.ts";
import { loadCourse } from "../../classroom/learn/course.ts";
import { solutionOf } from "../../classroom/learn/exercise-files.ts";
import { wholeVerdict } from "../../classroom/learn/learn-page.ts";
import { project } from "../../runner/common/project.ts";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { type Answer, answers } from "./answers.ts";

/** What a learner with this answer reads. */
export interface JudgedAnswer {
  readonly answer: Answer;
  readonly verdict: Attempt["kind"];
  readonly text: string;
}

/** The courses that have answers. */
export const answeredCourses = [
  ...new Set(answers.map(({ exercise }) => exercise.split("/")[0] ?? "")),
];

/** Has the answers of a course judged, as `learn` does, in a directory of their own. */
export async function judgeAnswers(name: string): Promise<JudgedAnswer[]> {
  const course = await loadCourse(await loadGuide(project), name);
  const own = answers.filter(({ exercise }) => exercise.startsWith(`${name}/`));
  const { signal } = new AbortController();
  const context = { note: () => {}, signal };
  return withCopy(course, { timeout: 30 }, context, async (attempts, copy) => {
    const judged: JudgedAnswer[] = [];
    for (const answer of own) {
      const exercise = copy.exercises.find((one) => one.name === answer.exercise);
      if (!exercise) throw new Error(`There is no ${answer.exercise}`);
      writeFileSync(exercise.file, change(solutionOf(exercise), answer));
      const attempt = await attempts.run(exercise, signal);
      const text = stripVTControlCharacters(wholeVerdict(attempt, copy, exercise));
      judged.push({ answer, verdict: attempt.kind, text });
    }
    return judged;
  });
}

function change(solution: string, { what, changes }: Answer): string {
  if (changes.length === 0) return byHeart(solution);
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`${what}: the solution has no ${from}`);
    return text.replace(from, () => to);
  }, solution);
}

/** Prints the documented output without a query. */
function byHeart(solution: string): string {
  const golden = readFileSync(join(project, "expected/02-read.txt"), "utf8");
  const code = `await client.connect();\n  process.stdout.write(${JSON.stringify(golden)});`;
  return solution.replace(/try \{[\s\S]*\} finally/, () => `try {\n  ${code}\n} finally`);
}

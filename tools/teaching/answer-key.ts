import { project } from "../../runner/common/project.ts";
import { type Exercise, readCourses } from "../../runner/guide/exercises.ts";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { readParts, withoutIndent } from "../../runner/guide/step-source.ts";
import type { JudgedAnswer } from "./judge-answers.ts";

const head = `# Answer key

For teachers. Each exercise with its task and its solution, and answers that learners often give, with what \`learn\`
says to each. All of it is made from the exercises and checked by a test, by
\`npx tsx tools/teaching/write.ts\`.
`;

const titles: Readonly<Record<string, string>> = {
  pg: "pg",
  postgres: "postgres.js",
  drizzle: "Drizzle",
  steps: "The shared steps",
  driver: "The drivers",
};

/** Make the answer key, as Markdown. */
export async function answerKey(judged: readonly JudgedAnswer[]): Promise<string> {
  const courses = readCourses(await loadGuide(project));
  const parts = Object.entries(titles).map(([name, title]) => {
    const exercises = courses.find((course) => course.name === name)?.exercises ?? [];
    const sections = exercises.flatMap((exercise) => section(exercise, judged) ?? []);
    return [`## ${title}`, ...sections].join("\n\n");
  });
  return `${[head, ...parts].join("\n\n").replace(/\n{3,}/g, "\n\n")}\n`;
}

/** @returns undefined for an exercise of another kind that has no answers: it would only be long */
function section(exercise: Exercise, judged: readonly JudgedAnswer[]): string | undefined {
  const { name, kind, source, tasks } = exercise;
  const own = judged.filter(({ answer }) => answer.exercise === name);
  const isShown = kind === "script" && !name.startsWith("steps/");
  if (!isShown && own.length === 0) return undefined;
  const solutions = new Map(
    readParts(source).flatMap(({ region, lines }) =>
      region === undefined ? [] : [[region, lines] as const],
    ),
  );
  const shown = tasks.map(({ region, what }) => {
    const code = withoutIndent(solutions.get(region) ?? []);
    return isShown ? `${what}\n\n\`\`\`ts\n${code}\n\`\`\`` : what;
  });
  const rows = own.map(({ answer, text }) => `| ${answer.what} | ${cell(saidOf(text))} |`);
  const table = ["| Answer | What `learn` says |", "| --- | --- |", ...rows].join("\n");
  return [`### ${name}`, ...shown, ...(rows.length > 0 ? [table] : [])].join("\n\n");
}

/** The verdict itself, without what it explains, and without the directory in which it was judged. */
function saidOf(text: string): string {
  const line = text.split("\n").findLast((one) => /^[✗✓]/.test(one)) ?? text;
  return line
    .replace(/\(\S+, (line \d+)\)/, "($1)")
    .replace(/exercises[\\/][\w-]+[\\/](?=\S+, line)/, "");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}

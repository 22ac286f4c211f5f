import { basename, dirname, join, posix } from "node:path";
import { project } from "../../runner/common/project.ts";
import { type Exercise, readCourses } from "../../runner/guide/exercises.ts";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { readParts, withoutIndent } from "../../runner/guide/step-source.ts";
import type { JudgedAnswer } from "./judge-answers.ts";

const head = `# Answer key

For teachers. Each exercise with its task and its solution, and answers that learners often give, with what \`learn\`
says to each. \`npx tsx tools/teaching/write.ts\` makes it from the exercises, and a test checks it.
`;

/** The courses in the order of the key, each with the directory of its guide before it. */
const titles: Readonly<Record<string, string>> = {
  pg: "pg",
  postgres: "postgres.js",
  drizzle: "Drizzle",
  steps: "The shared steps",
  driver: "The drivers",
  "examples/errors/pg": "What goes wrong, with pg",
  "examples/errors/postgres": "What goes wrong, with postgres.js",
};

/** Make the answer key, as Markdown. */
export async function answerKey(judged: readonly JudgedAnswer[]): Promise<string> {
  const parts: string[] = [];
  for (const [course, title] of Object.entries(titles)) {
    const guide = await loadGuide(join(project, dirname(course)));
    const exercises = readCourses(guide).find(({ name }) => name === basename(course))?.exercises;
    const sections = exercises?.flatMap(
      (exercise) => section(exercise, dirname(course), judged) ?? [],
    );
    parts.push([`## ${title}`, ...(sections ?? [])].join("\n\n"));
  }
  return `${[head, ...parts].join("\n\n").replace(/\n{3,}/g, "\n\n")}\n`;
}

/** @returns undefined for an exercise of another kind that has no answers: it would only be long */
function section(
  { name, kind, source, tasks }: Exercise,
  guide: string,
  judged: readonly JudgedAnswer[],
): string | undefined {
  const own = judged.filter(({ exercise }) => exercise === posix.join(guide, name));
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
  const rows = own.map(({ what, text }) => `| ${what} | ${cell(saidOf(text))} |`);
  const table = ["| Answer | What `learn` says |", "| --- | --- |", ...rows].join("\n");
  return [`### ${name}`, ...shown, ...(rows.length > 0 ? [table] : [])].join("\n\n");
}

/** The verdict itself and its notes, without what it explains, and without the directory in which it was judged. */
function saidOf(text: string): string {
  const [said = "", ...notes] = text.split("\n").filter((one) => /^([✗✓]|TypeScript:)/.test(one));
  return [said, ...notes.slice(0, 1)]
    .join(" ")
    .replace(/\(\S+, (line \d+)\)/, "($1)")
    .replace(/exercises[\\/][\w-]+[\\/](?=\S+, line)/, "");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}

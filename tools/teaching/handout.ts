import { stripVTControlCharacters } from "node:util";
import { learnKeys } from "../../classroom/learn/learn-page.ts";
import { project } from "../../runner/common/project.ts";
import { type CourseExercises, readCourses } from "../../runner/guide/exercises.ts";
import type { Step } from "../../runner/guide/guide.ts";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { readParts, withoutIndent } from "../../runner/guide/step-source.ts";

/** The libraries, as the exercises' courses name them. */
const libraries = [
  ["pg", "pg"],
  ["postgres", "postgres.js"],
  ["drizzle", "Drizzle"],
] as const;

/** A line of a table of this length fits on a page. */
const codes = [
  ["23505", "there is a row with this value already"],
  ["23502", "a value is missing: the column is NOT NULL"],
  ["42P01", "there is no such table, or not yet"],
  ["42703", "there is no such column, or a text has double quotes"],
  ["42601", "the SQL has a syntax error"],
] as const;

/** Make the handout, as Markdown: two pages when it is printed. */
export async function handout(): Promise<string> {
  const guide = await loadGuide(project);
  const courses = readCourses(guide);
  const keys = stripVTControlCharacters(learnKeys(true)).split("\n");
  const parts = [
    `# ${guide.title}`,
    "A handout for a [workshop](workshop.md), made from the guide. [The guide](GUIDE.md) has the whole scripts.",
    ...guide.steps.map((step) => stepPart(step, courses)),
    "## What always holds",
    [
      "- Write `await` before each query.",
      "- A value is never part of the SQL text: send it next to it.",
      "- What belongs together is in one transaction.",
      "- Close the connection at the end, in `finally`.",
      "- A program decides by the code of an error:",
    ].join("\n"),
    table(["Code", "What it means"], codes),
    "## The keys of learn",
    table(
      ["Key", "What it does"],
      keys.map((line) => [line.slice(0, 5).trim(), line.slice(7)]),
    ),
  ];
  return `${parts.join("\n\n")}\n`;
}

function stepPart(step: Step, courses: readonly CourseExercises[]): string {
  const [first = ""] = step.prose.split("\n\n");
  const rows = libraries.map(([name, title], index) => {
    const exercise = courses
      .find((course) => course.name === name)
      ?.exercises.find((one) => one.name === `${name}/${step.name}`);
    const regions = exercise ? regionsOf(exercise.source) : [];
    // The others begin with the same SQL. A script's last region has what is its library's own.
    const code = (index === 0 ? regions : regions.slice(-1)).join("\n");
    return `${title}:\n\n\`\`\`ts\n${code}\n\`\`\``;
  });
  return [`## ${step.title}`, first, ...rows].join("\n\n");
}

function regionsOf(source: string): string[] {
  const regions = readParts(source).filter(({ region }) => region !== undefined);
  return regions.map(({ lines }) => withoutIndent(lines));
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

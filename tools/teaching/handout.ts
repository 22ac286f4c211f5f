import { stripVTControlCharacters } from "node:util";
import { marked } from "marked";
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

/** Make the handout, as Markdown. */
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

/** For paper: two pages of A4, and of Letter. Code is not cut at the end of a page. */
const style = `
  @page { margin: 10mm 13mm; }
  body { max-width: 48rem; margin: 0 auto; color: #14201a; font: 8.8pt/1.28 system-ui, Arial, sans-serif; }
  h1 { margin: 0 0 4pt; font-size: 15pt; }
  h2 { margin: 6pt 0 2pt; font-size: 11pt; break-after: avoid; }
  p { margin: 2pt 0; break-after: avoid; }
  p:has(+ pre) { font-weight: 600; }
  ul { margin: 2pt 0; padding-left: 14pt; }
  pre, table { margin: 2pt 0; break-inside: avoid; }
  pre { padding: 3pt 6pt; border: 0.5pt solid #b8c6bf; border-radius: 3pt; white-space: pre-wrap; }
  code { font: 7.8pt/1.22 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
  table { border-collapse: collapse; }
  th, td { padding: 0 8pt 0 0; text-align: left; }
  a { color: inherit; text-decoration: none; }
`;

/** Make the page that a teacher prints. @param markdown the handout */
export async function handoutPage(markdown: string): Promise<string> {
  const [, title = ""] = /^# (.+)$/m.exec(markdown) ?? [];
  const head = `<meta charset="utf-8">\n<title>${title}</title>\n<style>${style}</style>`;
  const body = await marked.parse(markdown);
  return `<!doctype html>\n<html lang="en">\n<head>\n${head}\n</head>\n<body>\n${body}</body>\n</html>\n`;
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

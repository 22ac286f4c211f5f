import { readFileSync } from "node:fs";
import { relative } from "node:path";
import wrapAnsi from "wrap-ansi";
import { color } from "../../runner/common/color.ts";
import { highlight } from "../../runner/common/highlight.ts";
import { shellWord } from "../../runner/common/project.ts";
import { visible } from "../../runner/common/visible.ts";
import { listed } from "../../runner/common/words.ts";
import type { ClientDatabase, GuideServer } from "../../runner/database/guide-server.ts";
import { exportLines, psqlUrl } from "../../runner/database/psql.ts";
import { readChapters, scriptsOf, stepFile } from "../../runner/document/sources.ts";
import type { StandaloneClient } from "../../runner/guide/clients.ts";
import { lessonOf, loadClients } from "../../runner/guide/clients.ts";
import type { Guide, Run, Step } from "../../runner/guide/guide.ts";
import { readStepComment } from "../../runner/guide/step-source.ts";
import { hang } from "../common/screen.ts";
import { renderProse } from "./prose.ts";

/** What a reader can read and run. */
export interface Choice {
  readonly title: string;
  readonly clients: readonly string[];
  /** The clients whose scripts are shown. Empty for the shared steps, which the drivers run. */
  readonly scripts: readonly StandaloneClient[];
}

/** The guide's title: the first line of the first page, which is shown while the server starts. */
export function titleOf(guide: Guide): string {
  return color.bold(visible(guide.title));
}

/** The first page: what the guide is about, and what there is to read. */
export function introductionPage(
  guide: Guide,
  choices: readonly Choice[],
  chosen: Choice,
  width: number,
): string {
  const { introduction, chapters } = readChapters(guide, "before.md");
  const titles = chapters.map(({ title }) => title);
  const rest = titles.length > 0 ? `**i** shows the rest: ${listed(titles)}.` : "";
  const parts = [introduction, rest].map((text) => renderProse(text, width));
  return [...parts, choiceList(choices, chosen, width)].filter(Boolean).join("\n\n");
}

function choiceList(choices: readonly Choice[], chosen: Choice, width: number): string {
  if (choices.length < 2) return "";
  const shared =
    "one script for every driver: its SQL goes through the small interface in `drivers/driver.ts`";
  const now =
    chosen === choices[0]
      ? `You read the **shared step**, ${shared}.`
      : `You read **${chosen.title}**. The shared step is ${shared}.`;
  const what = `${now} Press a number, here or on any page, to read and run something else:`;
  const entries = choices.map(({ title }, index) => `${color.bold(String(index + 1))} ${title}`);
  return `${renderProse(what, width)}\n\n  ${entries.join("   ")}`;
}

/** All of `before.md`: what to prepare for an application of one's own. */
export function wholeIntroduction(guide: Guide, width: number): string {
  return renderProse(chaptersOf(guide, "before.md"), width) || "This guide has no introduction.";
}

function chaptersOf(guide: Guide, file: "before.md" | "after.md"): string {
  const { introduction, chapters } = readChapters(guide, file);
  return [introduction, ...chapters.map(({ title, text }) => `## ${title}\n\n${text}`)].join(
    "\n\n",
  );
}

/** The last page: what to do next. */
export function endPage(guide: Guide, width: number): string {
  const here =
    "That was the last step. The databases are still there, as it left them: **?** shows how to look into them.";
  return renderProse(`${here}\n\n${chaptersOf(guide, "after.md")}`, width);
}

/**
 * The page of a run: its number and title, and for a step's first run its text and code. The files are
 * read again.
 */
export function stepPage(guide: Guide, run: Run, { scripts }: Choice, width: number): string {
  const step = { ...run.step, ...readStep(run.step.file) };
  const head = `${headOf(guide, run, step.title)}  ${color.dim(fileOf(run.step, scripts[0]))}`;
  if (run.after) {
    const why = `The same step again, to see what ${run.after.name} changed.`;
    return [head, renderProse(why, width)].join("\n\n");
  }
  const shownBefore = new Set<string>();
  for (const before of guide.runs.slice(0, run.index)) {
    scriptsOf(guide, before.step, scripts, shownBefore);
  }
  const shown =
    scripts.length > 0
      ? scriptsOf(guide, run.step, scripts, shownBefore).flatMap((one) => [...one.imports, one])
      : [stepFile(step)];
  const files = shown.map(({ file, code, language }) => {
    const name = shown.length > 1 ? `${color.dim(file)}\n\n` : "";
    return name + codeText(code, language, width);
  });
  return [head, renderProse(step.prose, width), ...files].join("\n\n");
}

/** A run's number in the guide, and its step's title. */
export function headOf(guide: Guide, run: Run, title = run.step.title): string {
  const number = color.dim(`${run.index + 1} of ${guide.runs.length}`);
  return `${number}  ${color.bold(color.green(visible(run.after ? `${title}, again` : title)))}`;
}

function readStep(file: string) {
  try {
    return readStepComment(readFileSync(file, "utf8"), file);
  } catch {
    return {}; // the compiler says what is wrong when the step runs
  }
}

/** The file that a client runs, relative to the working directory. */
export function fileOf(step: Step, client?: StandaloneClient): string {
  return relative(process.cwd(), client?.scripts.get(step) ?? step.file);
}

/** The step as a script of one's own, with each library. */
export function scriptsPage(guide: Guide, step: Step, width: number): string {
  const lesson = lessonOf(guide, loadClients(guide));
  const parts = scriptsOf(guide, step, lesson, new Set()).flatMap((script) => [
    color.bold(`${script.client.title}, in ${script.file}`),
    ...[...script.imports, script].map(({ code, language }) => codeText(code, language, width)),
  ]);
  return `${parts.join("\n\n")}\n\n`;
}

/** Code with colours. A long line is broken between words, and the rest of it is indented. */
function codeText(code: string, language: string, width: number): string {
  return highlight(code, language)
    .split("\n")
    .map((line) => {
      const [indent = ""] = /^\s*/.exec(line) ?? [];
      return hang(line, width, `${indent}    `);
    })
    .join("\n");
}

/**
 * How to look into a client's database from another terminal. What is to be copied is on lines of its
 * own. The password of a given server is not shown.
 * @param step the step to run there, if the database is ready for it
 */
export function connectionHelp(
  guide: Guide,
  server: Pick<GuideServer, "kind">,
  client: {
    readonly name: string;
    readonly database: Pick<ClientDatabase, "name" | "url" | "readersUrl">;
    readonly scripts: StandaloneClient | undefined;
  },
  step: Step | undefined,
  width: number,
): string {
  const { name, database, scripts } = client;
  const { url, readersUrl = url } = database;
  const command = step && commandOf(guide, step, name, scripts);
  const wrap = (text: string) => wrapAnsi(text, width);
  const copied = (...lines: string[]) => lines.map((line) => color.cyan(line)).join("\n");
  if (server.kind === "external") {
    const how = `The steps run in their own scratch databases. This connects psql to ${name}'s, and asks for your password:`;
    const own = `A step that you run yourself, such as ${command}, uses the database that DATABASE_URL names, and not these.`;
    return [
      wrap(how),
      copied(`psql '${psqlUrl(readersUrl)}'`),
      ...(command ? [wrap(own)] : []),
    ].join("\n\n");
  }
  const how = `${name}'s database exists while you read. To look into it, use another terminal, in this directory:`;
  const [setUrl = ""] = exportLines(url);
  const psql = process.platform === "win32" ? "psql $env:DATABASE_URL" : 'psql "$DATABASE_URL"';
  return [wrap(how), copied(setUrl, ...(command ? [command] : []), psql)].join("\n\n");
}

/** @returns undefined if a reader cannot simply run the step in a shell */
function commandOf(guide: Guide, step: Step, name: string, scripts?: StandaloneClient) {
  const file = shellWord(fileOf(step, scripts));
  if (scripts) {
    const { runtime } = scripts.folder;
    return runtime.kind === "typescript" && runtime.connection === "tcp"
      ? `npx tsx ${file}`
      : undefined;
  }
  if (step.program) return undefined;
  return `npx tsx ${file}${name === guide.drivers[0] ? "" : ` --driver ${name}`}`;
}

import { readFileSync, statSync } from "node:fs";
import { dirname, extname } from "node:path";
import { Failure, hasCode, messageOf } from "../common/failure.ts";
import { isSpecial } from "../common/paths.ts";
import { guideDirectory } from "../common/project.ts";
import { hideSecrets } from "../common/secrets.ts";
import { harmless } from "../common/visible.ts";
import { writeWhole, writing } from "../common/write-files.ts";
import {
  buildDocument,
  type RunOutput,
  refuseChangedSources,
  refuseSecrets,
} from "../document/build-document.ts";
import { formats, type Origin } from "../document/formats.ts";
import { type Guide, refuseOwnFiles } from "../guide/guide.ts";
import { loadGuide } from "../guide/load-guide.ts";
import { selectRuns } from "../guide/select.ts";
import { isWithoutDriver, type Reporter } from "../report/events.ts";
import { terminalReporter } from "../report/terminal-report.ts";
import { selectClients } from "../run/select-clients.ts";
import { diffTexts } from "../verify/diff.ts";
import { documentedText } from "../verify/golden.ts";
import { isGood, type JudgedRun } from "../verify/judge.ts";
import type { Context, GuideOptions } from "./program.ts";
import { runGuide } from "./run.ts";

export interface ExportOptions extends GuideOptions {
  /** Where the document goes: - for stdout. */
  readonly file: string;
  readonly format?: string;
  readonly check?: boolean;
  readonly unverified?: boolean;
}

/**
 * `export FILE`: runs the guide, and writes it as a document with its verified outputs.
 * @returns the exit code: 1 if an output is not verified, or if `--check` finds that the file is out of date
 */
export async function exportCommand(
  { file, ...options }: ExportOptions,
  context: Context,
): Promise<number> {
  const format = readFormat(file, options.format);
  const directory = guideDirectory(options.guide);
  if (!options.check) refuseForeign(file, format.originOf);
  const guide = await loadGuide(directory);
  if (guide.page) {
    throw new Failure(
      "usage",
      `${guide.page.file} is a document already. Run it without "export".`,
    );
  }
  const foreign = guide.lesson.length > 0 ? undefined : guide.steps.find(({ program }) => program);
  if (format.name === "ipynb" && foreign) {
    throw new Failure(
      "usage",
      `The cells of an .ipynb are TypeScript here, and ${foreign.file} is not. Export .md or .html.`,
    );
  }
  const clients = await selectClients(guide, clientsFor(guide, options), !!options.standalone);
  const before = buildDocument(guide, new Map());
  const outputs = new Map<string, RunOutput>();
  const { note, signal } = context;
  const summary = await runGuide({
    guide,
    ...clients,
    selection: selectRuns(guide, undefined),
    timeout: options.timeout,
    inPlace: false,
    reporter: collect(outputs, context),
    note,
    signal,
  }).finally(() => showProgress(""));
  // A setup that went well is not reported.
  for (const { name, isSetup } of guide.runs) {
    if (!isSetup || outputs.has(name)) continue;
    outputs.set(name, { text: "", verified: true, clients: clients.clients });
  }
  if (!summary.verified && !options.unverified) {
    context.note(
      "Not exported: some outputs are not verified. --unverified exports and marks them.",
    );
    return 1;
  }
  const target = file === "-" ? directory : dirname(file); // links lead from there
  const document = buildDocument(await loadGuide(directory), outputs, target);
  refuseChangedSources(document, before);
  refuseSecrets(document);
  // A notebook shows the scripts of one library.
  const [client = ""] = options.driver;
  const folder = client.startsWith("standalone/") ? client : `standalone/${client}`;
  const text = await format.write(document, folder);
  if (options.check) return check(file, text, guide.command, context);
  refuseForeign(file, format.originOf); // it may be new: the run took a while
  save(file, text, context);
  return 0;
}

/** Always runs the clients and the scripts of a lesson, because the document shows them. */
function clientsFor(guide: Guide, { driver }: GuideOptions): readonly string[] {
  if (guide.lesson.length === 0) return driver;
  return [...guide.drivers, ...guide.lesson.map((name) => `standalone/${name}`), ...driver];
}

function readFormat(file: string, wanted: string | undefined) {
  const name = wanted ?? extname(file).slice(1);
  const format = formats.get(name);
  if (format) return { name, ...format };
  const known = [...formats.keys()].join(", ");
  const hint =
    wanted === undefined ? " Give one with --format, or end the file's name with it." : "";
  throw new Failure("usage", `Unknown format "${name}". The formats: ${known}.${hint}`);
}

/** Collects what the runs print while their files exist, and reports what is wrong on stderr. */
function collect(outputs: Map<string, RunOutput>, { note }: Context): Reporter {
  let total = 0;
  const terminal = terminalReporter((text) => note(text.trimEnd()), false);
  return {
    start(event) {
      terminal.start(event);
      total = event.guide.runs.filter(({ isSetup }) => !isSetup).length;
      showProgress(`0 of ${total} runs`);
    },
    run(judged) {
      outputs.set(judged.run.name, outputOf(judged));
      showProgress("");
      if (!isGood(judged.verdict)) terminal.run(judged);
      showProgress(`${outputs.size} of ${total} runs`);
    },
    end(event) {
      showProgress("");
      terminal.end(event);
    },
  };
}

/** On a terminal, shows how far a long run is: in a line that the next one replaces. */
function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${text}\x1b[K`);
}

function outputOf({ verdict, golden, clients }: JudgedRun): RunOutput {
  const used = clients.filter((one) => !isWithoutDriver(one));
  const names = used.map(({ client }) => client);
  // The golden file, not what was printed: text that it marks differs in every run.
  if (verdict === "match") {
    return { text: hideSecrets(documentedText(golden)), verified: true, clients: names };
  }
  const shown = clients.find(({ outcome }) => outcome.kind !== "skipped");
  if (!shown || shown.outcome.kind === "skipped") return { text: "", verified: false, clients: [] };
  const text = hideSecrets(readFileSync(shown.outcome.stdoutFile, "utf8"));
  return { text, verified: false, clients: [shown.client] };
}

async function check(
  file: string,
  text: string,
  command: string,
  { print, note }: Context,
): Promise<number> {
  const old = read(file);
  if (old === text) {
    note(`${file} is up to date.`);
    return 0;
  }
  print(harmless(await diffTexts(old, text, file)));
  note(`${file} is out of date. Write it: ${command} export ${file}`);
  return 1;
}

function read(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8").replaceAll("\r\n", "\n");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return "";
    throw new Failure("usage", `${file} cannot be read. ${messageOf(error)}`);
  }
}

function save(file: string, text: string, { print, note }: Context): void {
  if (file === "-") {
    print(text);
    return;
  }
  writing(file, () => writeWhole(file, text));
  note(`Wrote ${file}.`);
}

/** Refuses to replace a file that is not as export wrote it in this format, and to write among the guide's files. */
function refuseForeign(file: string, originOf: (text: string) => Origin): void {
  if (file === "-") return;
  refuseOwnFiles("document", [file]);
  if (isSpecial(file)) {
    if (!statSync(file).isDirectory()) return;
    throw new Failure("usage", `${file} is a directory. Name a file in it.`);
  }
  const old = read(file);
  const origin = old === "" ? "exported" : originOf(old);
  if (origin === "exported") return;
  const reason =
    origin === "edited"
      ? `${file} was edited since export made it, and is not replaced. Rename it to keep it, or remove it.`
      : `${file} was not made by export, and is not replaced. Remove it first, or name another file.`;
  throw new Failure("usage", reason);
}

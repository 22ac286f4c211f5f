import { existsSync, statSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { Failure } from "../common/failure.ts";
import { importedNames, packageOf } from "../common/imports.ts";
import { isRecord, readRecord } from "../common/json.ts";
import { namesIn } from "../common/read-files.ts";
import type { Guide, Step } from "./guide.ts";
import { isTexts, readObject, refuse, refuseUnknown } from "./json.ts";
import { textsOfSteps } from "./step-texts.ts";

/** A folder of standalone scripts, one for each step, and how they are run. */
export interface StandaloneClient {
  /** As in `--driver`: standalone/drizzle, or standalone/pg.callbacks for a variant. */
  readonly name: string;
  /** For titles: Drizzle. */
  readonly label: string;
  readonly folder: Folder;
  /** Absolute paths. */
  readonly scripts: ReadonlyMap<Step, string>;
}

export interface Folder {
  readonly directory: string;
  /** Every script in it, those of the variants too: absolute paths. */
  readonly files: readonly string[];
  /** standalone.json, which may not exist. */
  readonly manifest: string;
  readonly runtime: Runtime;
}

export type Runtime =
  /** TypeScript is compiled, as the steps are. */
  { readonly kind: "typescript"; readonly connection: "tcp" | "websocket" } | ProgramRuntime;

/** Any other language: a program that is given the script. */
export interface ProgramRuntime {
  readonly kind: "program";
  /** Command lines. The first one that passes the check is used. */
  readonly run: readonly string[];
  /** Arguments with which the program succeeds if everything that the scripts need is installed. */
  readonly check: readonly string[];
  /** For people: what the scripts need, and how to install it. */
  readonly needs: string;
  readonly install: string;
}

/** Why a client cannot run on this machine, and what to do. */
export interface Unavailable {
  readonly client: string;
  readonly needs: string;
  /** Empty where that is not what to do: then `needs` ends with the remedy. */
  readonly install: string;
}

/** Name the client, what is missing, and the remedy, in one line. */
export function describeUnavailable({ client, needs, install }: Unavailable): string {
  return `${client} cannot run here: it needs ${needs}${install && `. Install it: ${install}`}`;
}

/** The script of a step: 04-delete.ts, or 04-delete.callbacks.ts for a variant. */
const scriptName = /^(?<step>\d+-[\w-]+)(?:\.(?<variant>[a-z]+))?\.(?<ending>[a-zA-Z]+)$/;

/** What may be next to a script. SQL may be, too, or may be the scripts. */
const isData = /\.(?:mdx?|txt|csv|tsv|json|ya?ml|html?)$/i;

interface Script {
  readonly file: string;
  readonly step: string;
  readonly variant: string | undefined;
  readonly ending: string;
}

/**
 * Read the folders below `standalone/` in a guide's directory, and check both ways that they are complete:
 * every step has its script, and every script its step.
 * @returns a client for each folder, and one more for each variant: it uses its own scripts where it has
 *   them, and the folder's everywhere else
 * @throws Failure of kind "layout"
 */
export function loadClients({
  directory,
  steps,
}: Pick<Guide, "directory" | "steps">): StandaloneClient[] {
  const all = join(directory, "standalone");
  const isFolder = (name: string) => {
    const stat = statSync(join(all, name), { throwIfNoEntry: false });
    if (!stat) fail(`${join(all, name)} is a broken link. Fix or remove it.`);
    return stat.isDirectory();
  };
  const names = namesIn(all);
  const lone = names.find((name) => scriptName.test(name) && !isData.test(name) && !isFolder(name));
  if (lone) {
    const advice = `Put it into a folder for its client, such as ${join(all, "pg")}.`;
    fail(`No client uses ${join(all, lone)}. ${advice}`);
  }
  const folders = names.filter(isFolder);
  const clients = folders.flatMap((name) => loadFolder(join(all, name), name, steps));
  const labels = clients.map(({ name }) => name);
  const twice = labels.find((name, index) => labels.indexOf(name) < index);
  if (twice) fail(`Both a folder and a variant are named ${twice}. Rename one.`);
  return clients;
}

/**
 * Choose the clients whose scripts the documents show.
 * @throws Failure of kind "layout" if guide.json names one that does not exist
 */
export function lessonOf(
  { directory, lesson }: Guide,
  clients: readonly StandaloneClient[],
): StandaloneClient[] {
  const file = join(directory, "steps", "guide.json");
  return lesson.map(
    (name) =>
      clients.find((client) => client.name === `standalone/${name}`) ??
      fail(`${file}: "lesson" names ${name}, but standalone/${name} does not exist.`),
  );
}

function loadFolder(directory: string, name: string, steps: readonly Step[]): StandaloneClient[] {
  const manifest = join(directory, "standalone.json");
  const { label = name, runtime } = readRuntime(manifest);
  const all = readScripts(directory);
  const others = all.filter((script) => script.ending !== "sql");
  const scripts = others.length > 0 ? others : all;
  for (const { file, step, variant } of scripts) {
    if (!steps.some((one) => one.name === step)) {
      fail(`${file} does not belong to a step. Rename it like a step, or remove it.`);
    }
    const twin = scripts.findLast((one) => one.step === step && one.variant === variant);
    if (twin?.file === file) continue;
    fail(`${file} and ${twin?.file} are two scripts of one step. Rename one, or remove it.`);
  }
  const folder: Folder = { directory, files: scripts.map(({ file }) => file), manifest, runtime };
  if (runtime.kind === "typescript") refuseForgotten(directory, folder.files);
  const ending = runtime.kind === "typescript" ? "ts" : (scripts[0]?.ending ?? "txt");

  const scriptOf = (step: Step, variant: string | undefined): string => {
    const ofStep = scripts.filter((script) => script.step === step.name);
    const own = ofStep.find((script) => script.variant === variant);
    const found = own ?? ofStep.find((script) => script.variant === undefined);
    if (found?.ending === ending) return found.file;
    if (found) fail(`The script ${found.file} must end in .${ending}.`);
    fail(`${join(directory, `${step.name}.${ending}`)} does not exist. Every step needs a script.`);
  };
  const variants = new Set(scripts.flatMap(({ variant }) => variant ?? []));
  return [undefined, ...variants].map((variant) => ({
    name: `standalone/${name}${variant ? `.${variant}` : ""}`,
    label: variant ? `${label} with ${variant}` : label,
    folder,
    scripts: new Map(steps.map((step) => [step, scriptOf(step, variant)])),
  }));
}

function readScripts(directory: string): Script[] {
  return namesIn(directory).flatMap((fileName) => {
    if (isData.test(fileName)) return [];
    const { step, variant, ending } = scriptName.exec(fileName)?.groups ?? {};
    if (step && ending) return [{ file: join(directory, fileName), step, variant, ending }];
    if (/^\d/.test(fileName)) {
      fail(`A script is named like its step: rename ${join(directory, fileName)}.`);
    }
    return [];
  });
}

/**
 * Read `standalone.json`, which says how a folder's scripts are run. TypeScript needs none.
 * @throws Failure of kind "layout"
 */
function readRuntime(file: string): { label: string | undefined; runtime: Runtime } {
  const example = `{ "run": ["python3"], "check": ["-c", "import psycopg2"], "needs": "Python with psycopg2", "install": "pip install psycopg2-binary" }`;
  const json = { file, example };
  const fields = readObject(json) ?? {};
  refuseUnknown(json, fields, ["name", "run", "check", "needs", "install", "connection"]);
  const { name, run, check, needs, install, connection = "tcp" } = fields;
  if (name !== undefined && typeof name !== "string") refuse(json, '"name" is not a text');
  if (run === undefined) {
    if (connection !== "tcp" && connection !== "websocket") {
      refuse(json, '"connection" is neither "tcp" nor "websocket"');
    }
    return { label: name, runtime: { kind: "typescript", connection } };
  }
  if (!isTexts(run) || run.length === 0) refuse(json, '"run" is not a list of command lines');
  if (!isTexts(check)) refuse(json, '"check" is not a list of arguments');
  if (typeof needs !== "string" || typeof install !== "string") {
    refuse(json, '"needs" and "install" must be strings');
  }
  return { label: name, runtime: { kind: "program", run, check, needs, install } };
}

/**
 * Checks what the scripts of a folder import, and what that imports. Scripts that are compiled run here without what
 * their package.json forgets, and with what is elsewhere. Taken home, they would not.
 * @param files absolute paths
 * @throws Failure of kind "layout"
 */
function refuseForgotten(directory: string, files: readonly string[]): void {
  const json = join(directory, "package.json");
  if (!existsSync(json)) return;
  const { type, dependencies, devDependencies } = readRecord(json);
  const known = [dependencies, devDependencies].flatMap((one) =>
    isRecord(one) ? Object.keys(one) : [],
  );
  const all = textsOfSteps({ directory }, files);
  for (const [file, text] of all) {
    if (!file.startsWith(directory + sep)) continue;
    const names = importedNames(text);
    const missing = names
      .flatMap((name) => packageOf(name) ?? [])
      .find((name) => !known.includes(name));
    if (missing) {
      fail(`${file} imports ${missing}, which is not in the dependencies of ${json}. Add it.`);
    }
    if (type !== "module" && /^(?:(?:const|let) .* = )?await\b/m.test(text)) {
      fail(`${json} needs "type": "module": ${file} has an await outside of a function.`);
    }
    const outside = names.find(
      (name) =>
        /^\.\.?(?:\/|$)/.test(name) && !join(dirname(file), name).startsWith(directory + sep),
    );
    if (outside) fail(`${file} imports ${outside}, which is not in the folder. Copy it there.`);
  }
}

function fail(message: string): never {
  throw new Failure("layout", message);
}

import { readdirSync, statSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { attempt } from "../common/failure.ts";
import { isOwnCode, packageName } from "../common/project.ts";
import { readStart } from "../common/read-files.ts";
import {
  buildFilesOf,
  calledScripts,
  foldersOf,
  isBuildFile,
  programsOf,
} from "./called-scripts.ts";
import type { Guide, Step } from "./guide.ts";

/** In bytes: what a dump says about databases and roles is at its beginning. */
const LIMIT = 256 * 1024;
/** Texts for people, and data. Settings may be JSON. */
const notRun = /\.(?:md|csv)$/;
const isScript = /\.[cm]?[jt]sx?$/;

/**
 * Reads what a guide's steps are made of: their own files, and those that they name, at any depth, in whatever way:
 * next to them, by a path from there, or by one from the guide's directory; and what package managers and `make` run
 * for them.
 * @param scripts of standalone clients, and their standalone.json
 * @returns the texts by their files. A step's own is without its prose
 */
export function textsOfSteps(
  {
    directory,
    steps = [],
    ownDrivers = [],
  }: Pick<Guide, "directory"> & Partial<Pick<Guide, "steps" | "ownDrivers">>,
  scripts: readonly string[],
): ReadonlyMap<string, string> {
  const texts = new Map(steps.map(({ file, code }) => [file, code]));
  const drivers = ownDrivers.map(({ file }) => file);
  const manifest = join(directory, "steps", "guide.json"); // programs and variables
  const files = new Set([...texts.keys(), ...scripts, ...drivers, manifest]);
  const folders = new Map<string, readonly string[]>();
  for (const file of files) {
    if (isOwnCode(file)) continue; // what every step imports
    const text = texts.get(file) ?? attempt(() => readStart(file, LIMIT), "");
    texts.set(file, text);
    const isSettings = file.endsWith(".json"); // only its programs lead to other files
    const code = isSettings ? programsOf(file) : text;
    const own = [dirname(file), directory];
    const others = foldersOf(code).flatMap((folder) => own.map((place) => join(place, folder)));
    const places = [...own, ...others];
    const called = new Map(places.flatMap((place) => calledScripts(place, code)));
    for (const [file, scripts] of called) texts.set(file, (texts.get(file) ?? "") + scripts);
    const named = namesOfFiles(code, isSettings || isScript.test(file) || isBuildFile.test(file));
    const ofScripts = [...called.values()].flatMap((scripts) => namesOfFiles(scripts, true));
    for (const name of [...named, ...ofScripts, ...buildFilesOf(code)]) {
      for (const place of places.map((one) => join(one, name))) {
        const inFolder = [join(place, "index"), join(place, "__init__")];
        for (const found of filesNamed([place, ...inFolder], folders)) files.add(found);
      }
    }
  }
  return texts;
}

/** What leads to a driver: `step` and the drivers themselves, or `--driver`, which only the command line has. */
const driverUse = new RegExp(`${packageName}|\\bdrivers/|\\bargv\\b|\\bparseArgs\\b|--driver\\b`);

/**
 * True if scripts use a driver, or might. One that does so in a way that is not seen here, such as by an alias, fails: its
 * `--driver` names none.
 */
export function mayUseDriver(directory: string, steps: readonly Step[]): boolean {
  const isUse = (text: string) => driverUse.test(text);
  if (steps.some(({ code }) => isUse(code))) return true; // then no other file has to be read
  return [...textsOfSteps({ directory, steps }, []).values()].some(isUse);
}

/** In JavaScript, a name without a path and an ending is that of a package. In Python, dots are slashes. */
function namesOfFiles(text: string, isOfScript: boolean): readonly string[] {
  const words = [...new Set(text.match(/[\w@.-]+(?:\/[\w@.-]+)*/g))];
  if (isOfScript)
    return words.filter((one) => /[^./]\/|\/[^./]|\.(?:sql|sh|py|[cm]?[jt]sx?)$/.test(one));
  const modules = words.map((one) => one.replace(/^\.+/, "").replaceAll(".", "/"));
  return [...words, ...modules].filter((one) => /[^./]/.test(one)); // else it is a folder
}

/** Finds the files of these names, with any ending: `x.ts` is imported as `x`, and as `x.js`. */
function filesNamed(places: readonly string[], folders: Map<string, readonly string[]>): string[] {
  return places.flatMap((place) => {
    const folder = dirname(place);
    if (/[\\/]node_modules(?:[\\/]|$)/.test(folder)) return [];
    const names = folders.get(folder) ?? attempt(() => readdirSync(folder), []);
    folders.set(folder, names);
    const isNamed = (name: string) => name === basename(place) || stem(name) === stem(place);
    const found = names.filter((name) => isNamed(name) && !notRun.test(name));
    const isFile = (file: string) => attempt(() => statSync(file).isFile(), false);
    return found.map((name) => join(folder, name)).filter(isFile);
  });
}

function stem(file: string): string {
  return basename(file, extname(file));
}

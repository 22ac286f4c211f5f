import { readdirSync } from "node:fs";
import { basename, dirname, extname, join, relative } from "node:path";
import type { StandaloneClient } from "../guide/client.ts";
import type { Guide, Step } from "../guide/guide.ts";
import { withoutRegions } from "../guide/regions.ts";
import type { Script, SourceFile } from "./document.ts";
import { readText } from "./text-files.ts";

/**
 * The code of a step as a reader takes it home: a client's script each, or the step itself where there
 * is no client.
 * @param lesson the clients whose scripts are shown
 * @param shown the imported files that were shown already; those of this step are added
 * @throws Failure of kind "layout" where a file is there and cannot be read
 */
export function scriptsOf(
  guide: Guide,
  step: Step,
  lesson: readonly StandaloneClient[],
  shown: Set<string>,
): Script[] {
  const scripts = lesson.flatMap(({ name, label, scripts }) => {
    const file = relative(guide.directory, scripts.get(step) ?? "").replaceAll("\\", "/");
    const source = sourceFile(guide, file);
    if (!source) return [];
    const imports = filesBeside(guide, source).filter(({ file }) => !shown.has(file));
    for (const { file } of imports) shown.add(file);
    return [{ ...source, client: { name, title: label }, imports }];
  });
  if (scripts.length > 0) return scripts;
  return [{ ...stepFile(step), client: { name: "step", title: "step" }, imports: [] }];
}

/** A step's own file, without the text at its head. */
export function stepFile({ file, code }: Step): SourceFile {
  return { file: `steps/${basename(file)}`, code, language: extname(file).slice(1) };
}

/** @returns undefined where there is no such file */
export function sourceFile(guide: Guide, file: string): SourceFile | undefined {
  const text = readText(join(guide.directory, file));
  if (text === undefined) return undefined;
  return { file, code: withoutRegions(text, file).trimEnd(), language: "ts" };
}

/** The files in a script's own folder that it imports. */
function filesBeside(guide: Guide, { file, code }: SourceFile): SourceFile[] {
  const folder = dirname(file);
  return readdirSync(join(guide.directory, folder))
    .filter((name) => name !== basename(file) && code.includes(`"./${name}"`))
    .flatMap((name) => sourceFile(guide, `${folder}/${name}`) ?? []);
}

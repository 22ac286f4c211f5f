import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Guide, Step } from "../../guide/guide.ts";
import { clientName } from "./client-names.ts";
import type { Script, SourceFile } from "./document.ts";
import { readText } from "./text-files.ts";

/**
 * The code of a step as a reader takes it home: the scripts of the guide's `lesson`, or the step itself.
 * @param shown the imported files that were shown already; those of this step are added
 * @throws Failure of kind "layout" where a file is there and cannot be read
 */
export function scriptsOf(guide: Guide, step: Step, shown: Set<string>): Script[] {
  const scripts = guide.lesson.flatMap((client) => {
    const folder = `standalone/${client}`;
    const source = sourceFile(guide, `${folder}/${step.name}.ts`);
    if (!source) return [];
    const imports = filesBeside(guide, folder, source.code).filter(({ file }) => !shown.has(file));
    for (const { file } of imports) shown.add(file);
    const script = { ...source, client: clientName(folder), imports };
    return [script, ...otherWays(guide, step, script)];
  });
  if (scripts.length > 0) return scripts;
  return [{ ...stepFile(step), client: clientName("step"), imports: [] }];
}

/** A script may stand there in another style, too, such as `04-delete.callbacks.ts`. */
function otherWays(guide: Guide, step: Step, { file, client }: Script): Script[] {
  const folder = file.slice(0, file.lastIndexOf("/"));
  return readdirSync(join(guide.directory, folder)).flatMap((name) => {
    const style = name.startsWith(`${step.name}.`) && /^[^.]+\.(\w+)\.ts$/.exec(name)?.[1];
    const source = style ? sourceFile(guide, `${folder}/${name}`) : undefined;
    if (!source) return [];
    const titled = { name: `${client.name}.${style}`, title: `${client.title}, with ${style}` };
    return [{ ...source, client: titled, imports: [] }];
  });
}

/** A step's own file, without the text at its head. */
export function stepFile({ name, code }: Step): SourceFile {
  return { file: `steps/${name}.ts`, code, language: "ts" };
}

/** @returns undefined where there is no such file */
export function sourceFile(guide: Guide, file: string): SourceFile | undefined {
  const code = readText(join(guide.directory, file))?.trimEnd();
  return code === undefined ? undefined : { file, code, language: "ts" };
}

/** The files in the script's own folder that it imports. */
function filesBeside(guide: Guide, folder: string, code: string): SourceFile[] {
  return readdirSync(join(guide.directory, folder))
    .filter((name) => code.includes(`"./${name}"`))
    .flatMap((name) => sourceFile(guide, `${folder}/${name}`) ?? []);
}

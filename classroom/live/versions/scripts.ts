import { extname } from "node:path";
import type { Guide } from "../../../runner/guide/guide.ts";
import { type LiveClient, nameIn } from "../live-clients.ts";

/** A script of the guide that the reader can write a version of. */
export interface Script {
  /** Absolute path. */
  readonly file: string;
  /** As the page names it: the path from the guide's directory. */
  readonly name: string;
  /** The ending of its name, such as ts. */
  readonly language: string;
  /** The command line to which the file is added. Empty for what is compiled. */
  readonly program: readonly string[];
  /** The index of the first run that runs it. */
  readonly firstRun: number;
}

/** Lists the scripts of the clients, in the order of the runs. Clients may share a script. */
export function scriptsOf(guide: Guide, clients: readonly LiveClient[]): Script[] {
  const scripts = new Map<string, Script>();
  for (const { step, index } of guide.runs) {
    for (const { fileOf, programOf, runsFiles } of clients) {
      const file = fileOf(step);
      if (!runsFiles || scripts.has(file)) continue;
      const name = nameIn(guide, file);
      const language = extname(file).slice(1);
      scripts.set(file, { file, name, language, program: programOf(step), firstRun: index });
    }
  }
  return [...scripts.values()];
}

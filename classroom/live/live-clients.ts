import { relative } from "node:path";
import type { GuideOptions } from "../../runner/cli/program.ts";
import { shellWord } from "../../runner/common/project.ts";
import { loadClients } from "../../runner/guide/clients.ts";
import type { Guide, Step } from "../../runner/guide/guide.ts";
import { type ClientSelection, findReady, selectClients } from "../../runner/run/select-clients.ts";

/** A client, as the page names it. */
export interface LiveClient {
  /** As `--driver` takes it. */
  readonly name: string;
  /** For its tab. */
  readonly title: string;
  /** The file that it runs for a step. */
  readonly fileOf: (step: Step) => string;
  /** The command line to which that file is added. Empty for TypeScript, which is compiled. */
  readonly programOf: (step: Step) => readonly string[];
  /** What runs a step's file in a terminal, in the working directory. */
  readonly commandOf: (step: Step) => string;
  /** False if it is started with the name of a step, and finds the file itself. */
  readonly runsFiles: boolean;
}

/** Selects the clients. Without options, those whose scripts the guide shows: what you see is what runs. */
export async function chooseClients(guide: Guide, options: GuideOptions): Promise<ClientSelection> {
  const { driver, standalone = false } = options;
  const isDefault = driver.length === 0 && !standalone && guide.lesson.length > 0;
  if (!isDefault) return selectClients(guide, driver, standalone);
  const folders = loadClients(guide);
  const shown = guide.lesson.flatMap(
    (name) => folders.find((one) => one.name === `standalone/${name}`) ?? [],
  );
  const lesson = await findReady(shown);
  const clients = lesson.standalone.map(({ name }) => name);
  return clients.length > 0 ? { ...lesson, clients } : selectClients(guide, [], false);
}

export function liveClients({ clients, standalone }: ClientSelection): LiveClient[] {
  return clients.map((name) => {
    const client = standalone.find((one) => one.name === name);
    // By name: a guide that is read again has other steps.
    const files = new Map([...(client?.scripts ?? [])].map(([{ name }, file]) => [name, file]));
    const fileOf = (step: Step) => files.get(step.name) ?? step.file;
    const programOf = (step: Step) => client?.commandLine ?? step.program ?? [];
    return {
      name,
      title: client?.label ?? name,
      fileOf,
      programOf,
      commandOf(step) {
        const words = programOf(step);
        const file = relative(process.cwd(), fileOf(step));
        return [...(words.length > 0 ? words : ["npx", "tsx"]), file]
          .map((word) => shellWord(word))
          .join(" ");
      },
      runsFiles: !client?.commandLine.some((word) => word.includes("{step}")),
    };
  });
}

/** A file of the guide, as the page names it: its path from the guide's directory. */
export function nameIn({ directory }: Guide, file: string): string {
  return relative(directory, file).replaceAll("\\", "/");
}

/** The file that a client runs for a step, relative to the working directory. */
export function shownFile({ fileOf }: LiveClient, step: Step): string {
  return relative(process.cwd(), fileOf(step));
}

import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Failure } from "../common/failure.ts";
import { realPath, withParents } from "../common/paths.ts";
import type { Sample } from "../database/sample.ts";
import type { Block, Page } from "../page/page.ts";

/** A guide, read from its directory. Nothing in it has been run. */
export interface Guide {
  readonly directory: string;
  /** What a reader types to run it. */
  readonly command: string;
  readonly title: string;
  readonly steps: readonly Step[];
  readonly runs: readonly Run[];
  /**
   * The names of the drivers that the steps can be run with. If no step uses one, those of what runs them are the
   * only one.
   */
  readonly drivers: readonly string[];
  /** The drivers that are files in the guide's own `drivers/`. */
  readonly ownDrivers: readonly OwnDriver[];
  /** Names of folders below `standalone/`: whose scripts the documents show, in this order. */
  readonly lesson: readonly string[];
  /** Variables that every step gets. */
  readonly environment: Readonly<Record<string, string>>;
  /** What is in the clients' databases from the beginning, if they are not empty. */
  readonly sample?: Sample;
  /** Set if it was read from a Markdown page. */
  readonly page?: Page;
}

/** A driver of the guide, in addition to those of this project. */
export interface OwnDriver {
  readonly name: string;
  readonly file: string;
}

export interface Step {
  /** The file's name without its ending, such as 02-read. */
  readonly name: string;
  readonly number: number;
  readonly file: string;
  readonly title: string;
  /** Markdown. */
  readonly prose: string;
  readonly code: string;
  /** What runs it, if it is not TypeScript: `["python3"]`. */
  readonly program?: readonly string[] | undefined;
}

/** A step in the run order. A step that is run again has several runs. */
export interface Run {
  /** Its index in the run order, from 0. */
  readonly index: number;
  readonly step: Step;
  /** The step before it, if this is a re-run: it shows what that step changed. */
  readonly after: Step | undefined;
  /** Set for a run that only prepares the database: it has no golden file, and must not fail. */
  readonly isSetup?: boolean;
  /** The documented exit code, if it is not 0. */
  readonly exitCode?: number | undefined;
  /** The clients that it is for, if it is not for all. */
  readonly clients?: readonly string[];
  /** The line of its block, from 1, if it is one of a page. */
  readonly line?: number;
  /** Where a page has its output. Otherwise it has a golden file. */
  readonly inPage?: PageOutput;
  /** Unique in its guide: 02-read, and 02-read.after-03-update for a re-run. */
  readonly name: string;
}

/** The output of a run on a page. */
export type PageOutput = PageLine &
  (
    | ({ readonly kind: "lines" } & Pick<
        Block,
        "first" | "last" | "prefix" | "fence" | "isOpen" | "isTable"
      >)
    | {
        readonly kind: "none";
        /** Why the run is not verified. */
        readonly reason: string;
        /** Set where the clients are to print the same all the same: with a warning, or as a must. */
        readonly agreement?: "expected" | "required";
      }
  );

/** Where something is on a page. */
export interface PageLine {
  /** Absolute path. */
  readonly file: string;
  /** Of the file, for people: python.md. */
  readonly name: string;
  /** From 1. */
  readonly line: number;
}

/** The golden file of a run, below the guide's directory; or the line of its page: python.md:12. */
export function goldenFile({ inPage, name }: Run): string {
  return inPage ? `${inPage.name}:${inPage.line}` : `expected/${name}.txt`;
}

/** The golden file of what a run writes to stderr, if it does. */
export function stderrFile(run: Run): string {
  return `expected/${run.name}.stderr.txt`;
}

/** Folders that a guide is read from, and those of learners. */
const ownFolders = ["steps", "expected", "drivers", "standalone", "exercises"];

/**
 * Refuses to write what is made from guides among the own files of any guide: it would become a part of it.
 * @param what is written, such as "report"
 * @throws Failure of kind "usage" that names the file without links
 */
export function refuseOwnFiles(what: string, files: readonly string[]): void {
  const own = files.map(realPath).find((file) => {
    const places = withParents(dirname(file));
    return places.some(
      (place) =>
        ownFolders.includes(basename(place)) &&
        existsSync(join(dirname(place), "steps", "guide.json")),
    );
  });
  if (own === undefined) return;
  throw new Failure("usage", `${own} is among the guide's own files. Write the ${what} elsewhere.`);
}

import type { ReporterOptions } from "../report/reporter-names.ts";

/** What the command line asks for. An answer is a text: --help, --version. */
export type CommandLine =
  | { readonly kind: "answer"; readonly text: string }
  | { readonly kind: "run"; readonly options: GuideOptions; readonly mode: Mode }
  | { readonly kind: "export"; readonly file: string; readonly options: ExportOptions }
  | { readonly kind: "open"; readonly options: OpenOptions }
  | { readonly kind: "db"; readonly options: DbOptions }
  | { readonly kind: "doctor"; readonly json: boolean }
  | {
      readonly kind: "new";
      readonly what: "step" | "driver";
      readonly name: string;
      readonly guide: string | undefined;
    }
  | { readonly kind: "new guide"; readonly directory: string }
  | { readonly kind: "complete" }
  | {
      readonly kind: "new project";
      readonly directory: string;
      readonly driver: string;
      readonly guide: string | undefined;
    }
  | LearnLine
  | BoardLine;

/** What is asked of the exercises. */
export type LearnLine =
  | {
      readonly kind: "learn";
      /** Empty for the first one. */
      readonly course: string;
      readonly options: LearnOptions;
    }
  | { readonly kind: "learn list"; readonly course: string; readonly options: LearnListOptions }
  | { readonly kind: "learn reset"; readonly name: string; readonly options: AnyGuide }
  | { readonly kind: "learn check"; readonly course: string; readonly options: LearnCheckOptions };

/** A page for the wall, on which learners are seen. */
export interface BoardLine {
  readonly kind: "board";
  readonly options: BoardOptions;
}

interface BoardOptions extends AnyGuide {
  readonly host: string;
  readonly port: number;
  /** Show the learners' names. */
  readonly names?: boolean;
}

interface AnyGuide {
  readonly guide?: string;
}

export interface LearnOptions extends AnyGuide {
  /** A step's name or number: where to begin. */
  readonly step?: string;
  /** An exercise that is run once. */
  readonly once?: string;
  /** The address of a board. */
  readonly board?: string;
  /** What the learner is called there. */
  readonly name?: string;
  /** Seconds. */
  readonly timeout: number;
}

export interface LearnListOptions extends AnyGuide {
  /** Run all of them again. */
  readonly run?: boolean;
  readonly timeout: number;
}

export interface LearnCheckOptions extends AnyGuide {
  readonly timeout: number;
}

/** Is told what the command line asks for. */
export type Use = (line: CommandLine) => void;

export interface DbOptions {
  /** The name of a server that is there again the next time. */
  readonly keep?: string;
  readonly port?: number;
}

/** Which guide, and how its steps are run. */
export interface GuideOptions {
  /** The guide's directory; undefined for this project's own guide. */
  readonly guide?: string;
  /** Empty for all of them. */
  readonly driver: readonly string[];
  /** With every standalone client that can run, too. */
  readonly standalone?: boolean;
  /** Seconds. */
  readonly timeout: number;
}

export interface ExportOptions extends GuideOptions {
  readonly format?: string;
  readonly check?: boolean;
  readonly unverified?: boolean;
}

export interface OpenOptions extends GuideOptions {
  /** False where the address is only printed. */
  readonly browser: boolean;
  /** 0 for any that is free. */
  readonly port: number;
  /** Seconds that the guide waits for a page after the last one was closed. */
  readonly patience: number;
}

/** The ways of running a guide. */
export type Mode =
  | {
      readonly kind: "list";
      /** A step's name or number; undefined for the whole guide. */
      readonly step: string | undefined;
    }
  /** A person turns the pages. */
  | { readonly kind: "notebook" }
  /** Until Ctrl-C, again whenever a file is saved. */
  | { readonly kind: "watch" }
  /** From beginning to end. */
  | {
      readonly kind: "once";
      readonly step: string | undefined;
      readonly writing: Writing;
      /** Keep the databases until Enter. */
      readonly keep: boolean;
      readonly bail: boolean;
      readonly inPlace: boolean;
      /** Empty for the default. */
      readonly reporters: readonly ReporterOptions[];
    };

/** What asks for golden files to be written, for people. */
export function nameOf({ kind }: Writing): string {
  return kind === "missing" ? "new golden" : `--${kind}`;
}

/** Which golden files are written. */
export type Writing =
  | { readonly kind: "none" }
  /** All on whose content the drivers agree. */
  | { readonly kind: "update" }
  /** Those of them that are not there, or empty. */
  | { readonly kind: "missing" }
  /** Those that a person accepts, one by one. */
  | { readonly kind: "review" }
  | { readonly kind: "accept"; readonly files: readonly string[] };

/** The guide as it is read, from its first line to its last. Each writer makes one format of it. */
export interface Document {
  readonly title: string;
  readonly drivers: readonly DriverName[];
  /** Markdown, up to the first heading. Empty where the guide has no `before.md`. */
  readonly introduction: string;
  readonly before: readonly Chapter[];
  /** How the drivers open and close a connection. Empty where no driver's file can be read. */
  readonly connection: readonly DriverSource[];
  readonly steps: readonly StepPart[];
  readonly after: readonly Chapter[];
}

export interface DriverName {
  /** As `--driver` takes it. */
  readonly name: string;
  /** As people say it. */
  readonly title: string;
}

/** A piece of prose under a heading of its own. */
export interface Chapter {
  /** Unique in its document, like the ids of the runs. */
  readonly id: string;
  /** Markdown on one line. */
  readonly title: string;
  /** Markdown. */
  readonly text: string;
}

/** One place in the run order: a step is run, and prints something. */
export interface RunPart {
  /** The run's name, unique in its document: 02-read, or 02-read.after-03-update. */
  readonly id: string;
  /** The step's name, such as 02-read. */
  readonly step: string;
  /** Markdown on one line. */
  readonly title: string;
  /** Below the guide's directory. */
  readonly file: string;
  readonly code: string;
  readonly command: string;
  /** The command for each driver, in the order of the drivers. */
  readonly commands: readonly DriverCommand[];
  readonly output: Output;
}

/** A step, where it is run for the first time. */
export interface StepPart extends RunPart {
  /** Markdown. */
  readonly prose: string;
  /** The methods of the shared interface that its code calls, in the order of the code. */
  readonly calls: readonly string[];
  /** What these calls do with every driver. */
  readonly shared: SourceText | undefined;
  /** What each driver does for them. Empty for a step that makes no call. */
  readonly sources: readonly DriverSource[];
  /** The runs that follow, up to the next step: they show what this one changed. */
  readonly again: readonly AgainPart[];
}

/** A step that is run again, after another one. */
export interface AgainPart extends RunPart {
  /** The name of the step before. */
  readonly after: string;
  /** What this step printed otherwise the last time. Undefined where that is unknown, or too much. */
  readonly changes: readonly ChangedLine[] | undefined;
}

export interface ChangedLine {
  readonly sign: "-" | "+";
  readonly text: string;
}

export interface DriverCommand {
  readonly driver: DriverName;
  readonly command: string;
}

/** Lines of a source file, cut from it when the document is made. */
export interface SourceText {
  readonly file: string;
  readonly code: string;
  /** True where the file could not be cut, and is there from its first line to its last. */
  readonly isWhole: boolean;
}

export interface DriverSource extends SourceText {
  readonly driver: DriverName;
}

export interface Output {
  readonly text: string;
  /** True where all of `drivers` printed this very text. */
  readonly verified: boolean;
  readonly drivers: readonly DriverName[];
}

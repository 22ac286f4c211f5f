/** The guide as it is read, from its first line to its last. Each writer makes one format of it. */
export interface Document {
  readonly title: string;
  /** Whoever can run a step: the drivers, and the clients whose scripts are shown. */
  readonly clients: readonly ClientName[];
  /** Markdown, up to the first heading. Empty where the guide has no `before.md`. */
  readonly introduction: string;
  readonly before: readonly Chapter[];
  readonly steps: readonly StepPart[];
  /** The steps once more, in the form that every driver runs. Undefined where that is all there is. */
  readonly shared: SharedPart | undefined;
  readonly after: readonly Chapter[];
}

export interface ClientName {
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
  /** What a reader types, in the directory of the code that is shown. */
  readonly command: string;
  readonly output: Output;
}

/** A step, where it is run for the first time. */
export interface StepPart extends RunPart {
  /** Markdown. */
  readonly prose: string;
  /** The step's code: one script for each library, or the step's own file where there are none. */
  readonly scripts: readonly Script[];
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

/** A whole file of the guide. */
export interface SourceFile {
  /** As seen from the guide's directory. */
  readonly file: string;
  readonly code: string;
  /** For the colours, such as ts. */
  readonly language: string;
}

/** What a reader saves and runs. */
export interface Script extends SourceFile {
  readonly client: ClientName;
  /** Files beside it that it imports, each at the first script that does. */
  readonly imports: readonly SourceFile[];
}

/** The form of the steps that all drivers share, and what makes it work with each. */
export interface SharedPart {
  readonly id: string;
  readonly steps: readonly SourceFile[];
  readonly drivers: readonly (SourceFile & { readonly client: ClientName })[];
}

export interface Output {
  readonly text: string;
  /** True where all of `clients` printed this very text. */
  readonly verified: boolean;
  readonly clients: readonly ClientName[];
}

/** A guide from its first line to its last, as it is read. Each format has a function that writes it. */
export interface Document {
  readonly title: string;
  /** From the document's own directory to the guide's, such as "../", or "" where they are the same. */
  readonly linkPrefix: string;
  /** All clients that ran the steps: the drivers, and the clients whose scripts are shown. */
  readonly clients: readonly ClientName[];
  /** Markdown up to the first heading. Empty if the guide has no `before.md`. */
  readonly introduction: string;
  readonly before: readonly Chapter[];
  readonly steps: readonly StepPart[];
  /** The steps on the drivers' shared interface. Undefined if the steps are shown in that form only. */
  readonly shared: SharedPart | undefined;
  readonly after: readonly Chapter[];
}

export interface ClientName {
  /** The value for `--driver`. */
  readonly name: string;
  /** For people. */
  readonly title: string;
}

/** Prose with a heading. */
export interface Chapter {
  /** Unique in its document, like the ids of the runs. */
  readonly id: string;
  /** Markdown on one line. */
  readonly title: string;
  /** Markdown. */
  readonly text: string;
}

/** One run of a step, with what it printed. */
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
  /** What it writes to stderr, as documented. Empty for nothing. */
  readonly stderr: string;
  /** The documented one. */
  readonly exitCode: number;
}

/** A step's first run. */
export interface StepPart extends RunPart {
  /** Markdown. */
  readonly prose: string;
  /** The step's code: one script for each library, or the step's own file if there are none. */
  readonly scripts: readonly Script[];
  /** The runs up to the next step, which show what this step changed. */
  readonly again: readonly AgainPart[];
}

/** A later run of a step. */
export interface AgainPart extends RunPart {
  /** The name of the step that ran before it. */
  readonly after: string;
  /** How the output differs from this step's last one. Undefined if unknown, or too long. */
  readonly changes: readonly ChangedLine[] | undefined;
}

export interface ChangedLine {
  readonly sign: "-" | "+";
  readonly text: string;
}

/** A whole file of the guide. */
export interface SourceFile {
  /** Relative to the guide's directory. */
  readonly file: string;
  readonly code: string;
  /** For syntax colours, such as ts. */
  readonly language: string;
}

/** A script that a reader saves and runs. */
export interface Script extends SourceFile {
  readonly client: ClientName;
  /** Files in the same folder that it imports. Each is listed only at the first script that imports it. */
  readonly imports: readonly SourceFile[];
}

/** The steps on the interface that all drivers share, and the drivers themselves. */
export interface SharedPart {
  readonly id: string;
  readonly steps: readonly SourceFile[];
  readonly drivers: readonly (SourceFile & { readonly client: ClientName })[];
}

export interface Output {
  readonly text: string;
  /** True if all of `clients` printed exactly this text; where there is none, all that ran a step without a driver. */
  readonly verified: boolean;
  readonly clients: readonly ClientName[];
}

/**
 * What says in each format that `export` made the file: a line, or the id of a cell. The digest of what was made is
 * put into it.
 */
export const generatedBy = {
  md: "<!-- Made by `run-guide export` from the guide's own files: change these instead. -->",
  ipynb: "about-this-notebook",
  html: '<meta name="generator" content="run-guide export">',
} as const;

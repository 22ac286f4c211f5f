import type { Problem } from "../../questions.ts";

export interface EditorOptions {
  readonly text: string;
  /** The ending of a file name, such as ts. */
  readonly language: string;
  /** For screen readers. */
  readonly label: string;
  /** Of the styles that the editor adds. */
  readonly nonce: string;
  /** True for a few lines: without line numbers, and selected, so that typing replaces them. */
  readonly isShort?: boolean;
  /** The columns of the tables, for completion in SQL. */
  readonly schema?: Schema;
  /** Called when the reader has changed the text. */
  readonly onChange: (text: string) => void;
  /** Called for Shift+Enter. */
  readonly onRun: () => void;
}

export type Schema = Readonly<Record<string, string[]>>;

/** A line, as the page shows it. */
export interface LineLike {
  readonly text: string;
  /** How many lines before it have the same text. */
  readonly occurrence: number;
}

export interface TextEditor {
  readonly text: string;
  setText(text: string): void;
  setProblems(problems: readonly Problem[]): void;
  setSchema(schema: Schema): void;
  /** Where the reader writes: characters before it. Undefined without the focus. */
  readonly cursor: number | undefined;
  /** @param at where to begin to write */
  focus(at?: LineLike | number): void;
  close(): void;
}

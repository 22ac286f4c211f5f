// What the page asks and gets an answer to, and what is wrong with a version. The page imports only the types.
import type { ChangedLine } from "./messages.ts";

/** Scripts are named by their index. */
export type Question =
  | { readonly kind: "script"; readonly script: number }
  /** Keeps the reader's version. Without a text, the guide's script counts again. */
  | { readonly kind: "write"; readonly script: number; readonly text: string | null }
  /** Checks the types of the version. */
  | { readonly kind: "types"; readonly script: number }
  /** Writes the version with this digest to the script's file. */
  | { readonly kind: "save"; readonly script: number; readonly digest: string };

/** A script, and the reader's version of it. */
export interface ScriptAnswer {
  /** The script in the guide. */
  readonly guide: string;
  /** Null if there is none. */
  readonly version: string | null;
  /** How the version differs from the script. Null if in too many lines to show. */
  readonly changes: readonly ChangedLine[] | null;
  readonly problems: readonly Problem[];
}

/** What is wrong at a place of a text. */
export interface Problem {
  /** From 1; 0 if it is not known. */
  readonly line: number;
  /** From 1; 0 for the whole line. */
  readonly column: number;
  readonly text: string;
  /** False for a warning. */
  readonly isError: boolean;
}

/**
 * Reads what a page asked.
 * @param scripts how many scripts the page has
 * @returns undefined if it is not a valid question
 */
export function readQuestion(json: unknown, scripts: number): Question | undefined {
  const { kind, script, text, digest } = fieldsOf(json);
  const isScript =
    typeof script === "number" && Number.isInteger(script) && script >= 0 && script < scripts;
  switch (kind) {
    case "script":
    case "types":
      return isScript ? { kind, script } : undefined;
    case "write":
      return isScript && (typeof text === "string" || text === null)
        ? { kind, script, text }
        : undefined;
    case "save":
      return isScript && typeof digest === "string" ? { kind, script, digest } : undefined;
    default:
      return undefined;
  }
}

function fieldsOf(json: unknown): Readonly<Record<string, unknown>> {
  return typeof json === "object" && json !== null ? { ...json } : {};
}

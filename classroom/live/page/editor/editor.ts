import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  completeFromList,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import { python } from "@codemirror/lang-python";
import { PostgreSQL, sql } from "@codemirror/lang-sql";
import {
  bracketMatching,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState, type Extension, Prec } from "@codemirror/state";
import {
  EditorView,
  highlightActiveLine,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import type { Problem } from "../../questions.ts";
import { colours, theme } from "./theme.ts";

// A bundle of its own: the page loads it when the reader first writes something.

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

export type TextEditor = ReturnType<typeof openEditor>;

/** Opens an editor in an element. */
export function openEditor(parent: HTMLElement, options: EditorOptions) {
  const { text, language, label, nonce, onChange, onRun } = options;
  /** True while the text is set from outside. */
  let isSet = false;
  const languages = new Compartment();
  const run = (target: EditorView) => {
    closeCompletion(target); // its list would cover the answer
    onRun();
    return true;
  };
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      ...(options.isShort ? { selection: { anchor: 0, head: text.length } } : {}),
      extensions: [
        EditorView.cspNonce.of(nonce),
        EditorView.contentAttributes.of({ "aria-label": label, autocapitalize: "off" }),
        EditorView.lineWrapping,
        Prec.highest(keymap.of([{ key: "Shift-Enter", run }])),
        ...(options.isShort ? [] : [lineNumbers(), lintGutter(), highlightActiveLine()]),
        history(),
        highlightSpecialChars(),
        bracketMatching(),
        closeBrackets(),
        indentOnInput(),
        indentUnit.of(language === "py" ? "    " : "  "),
        autocompletion({ activateOnTyping: language === "sql", icons: false }),
        keymap.of([
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...defaultKeymap,
          ...historyKeymap,
          indentWithTab, // Escape, and then Tab, leaves the editor
        ]),
        languages.of(languageOf(language, options.schema)),
        syntaxHighlighting(colours),
        theme,
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (docChanged && !isSet) onChange(state.doc.toString());
        }),
      ],
    }),
  });
  // The page's own keys, such as p, are not for what is written here.
  view.dom.addEventListener("keydown", (event) => event.stopPropagation());

  return {
    get text(): string {
      return view.state.doc.toString();
    },
    setText(next: string): void {
      if (next === view.state.doc.toString()) return;
      isSet = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } });
      isSet = false;
    },
    setProblems(problems: readonly Problem[]): void {
      const places = problems.flatMap((problem) => placeOf(problem, view.state));
      view.dispatch(setDiagnostics(view.state, places));
    },
    setSchema(schema: Schema): void {
      view.dispatch({ effects: languages.reconfigure(languageOf(language, schema)) });
    },
    /** Where the reader writes: characters before it. Undefined without the focus. */
    get cursor(): number | undefined {
      return view.hasFocus ? view.state.selection.main.head : undefined;
    },
    /** @param at where to begin to write */
    focus(at?: LineLike | number): void {
      const anchor = typeof at === "object" ? endOf(at, view.state) : at;
      if (anchor !== undefined) view.dispatch({ selection: { anchor }, scrollIntoView: true });
      view.focus();
    },
    close: () => view.destroy(),
  };
}

function endOf({ text, occurrence }: LineLike, { doc }: EditorState): number | undefined {
  const lines = Array.from({ length: doc.lines }, (_, index) => doc.line(index + 1));
  return lines.filter((one) => one.text.trimEnd() === text)[occurrence]?.to;
}

function languageOf(language: string, schema: EditorOptions["schema"]): Extension {
  switch (language) {
    case "ts":
      return javascript({ typescript: true });
    case "js":
    case "mjs":
      return javascript();
    case "py":
      return python();
    case "sql":
      return sqlWith(schema);
    default:
      return [];
  }
}

/** SQL that knows the tables, and their columns also where no table is in front of them. */
function sqlWith(schema: Schema = {}): Extension {
  const columns = [...new Set(Object.values(schema).flat())];
  const options = columns.map((label) => ({ label, type: "property", boost: 1 }));
  return [
    sql({ dialect: PostgreSQL, upperCaseKeywords: true, schema }),
    PostgreSQL.language.data.of({ autocomplete: completeFromList(options) }),
  ];
}

/** Marks the word at the problem's position, or its whole line. */
function placeOf({ line, column, text, isError }: Problem, state: EditorState) {
  const { doc } = state;
  if (line < 1 || line > doc.lines) return [];
  const { from, to } = doc.line(line);
  const at = Math.min(from + Math.max(0, column - 1), to);
  const word = column > 0 ? state.wordAt(at) : undefined;
  return [
    {
      from: word?.from ?? (column > 0 && at < to ? at : from),
      to: word?.to ?? to,
      severity: isError ? ("error" as const) : ("warning" as const),
      message: text,
    },
  ];
}

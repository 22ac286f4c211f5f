import type { AttemptAnswer, ExerciseAnswer, ExerciseState, KeptAnswer } from "../questions.ts";
import type { TextEditor } from "./editor/editor.ts";
import { button, element, layOutProjector, lines, withCode } from "./elements.ts";
import { diffFigure, textFigure } from "./figures.ts";
import { loadEditor } from "./load-editor.ts";
import { messageOf, question } from "./server.ts";
import { tableFigures } from "./tables.ts";

/** Milliseconds after the last key until what was typed is sent. */
const PAUSE = 250;

interface ExerciseOptions {
  readonly course: string;
  readonly index: number;
  readonly state: ExerciseState;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** Called with the state of the exercise when it may have changed. */
  readonly onState: (state: string) => void;
  /** Goes so many exercises on. */
  readonly go: (step: number) => void;
}

export type PageExercise = ReturnType<typeof openExercise>;

/** Makes an exercise in the place of a step's script. */
export function openExercise(options: ExerciseOptions) {
  const { course, index, state, onState, go } = options;
  const { file, language, tasks } = state;
  const which = { course, exercise: index };
  let editor: TextEditor | undefined;
  let opening: Promise<void> | undefined;
  /** Where the tab keeps what is not in the file, while the page loads again. */
  const draft = `guide-exercise ${file}`;
  /** The digest of the file, as it was when the editor got it. */
  let seen = "";
  /** True if the editor has what is not in the file. */
  let isUnsent = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let sending = Promise.resolve();

  const host = element("div", "editor");
  const verdict = element("p", "verdict");
  verdict.role = "status";
  verdict.hidden = true;
  const more = element("div", "exercise-more");
  const hintList = element("ol", "hints");
  const check = button("Check", checkNow);
  check.title = "Shift+Enter";
  check.className = "run";
  const stop = button("Stop", () => question({ kind: "stop exercise" }));
  stop.hidden = true;
  const hint = button("Hint", showHint);
  const solution = button("Show the solution", showSolution);
  const restart = button("Start again", startAgain);
  const load = button("Load", async () => {
    await send();
    take(await question({ kind: "exercise", ...which }));
    verdict.hidden = true;
  });
  load.title = `Shows ${file} as it is on the disk`;
  const back = button("Back", () => go(-1));
  const next = button("Next", () => go(1));
  back.hidden = options.isFirst;
  next.hidden = options.isLast;
  const bar = element("div", "editor-bar", check, stop, hint, solution, restart, load, back, next);
  const list = element("ul", "tasks", ...tasks.map((task) => element("li", "", ...withCode(task))));
  const caption = element("figcaption", "", file);
  const figure = element("figure", "code written", caption, host, bar);
  const expected = element("details", "expected", element("summary", "", "What it prints"));
  const root = element("div", "exercise", list, expected, figure, hintList, verdict, more);
  root.role = "group";
  root.ariaLabel = `Exercise: ${state.title}`;

  /** Loads the learner's file, and shows it in an editor. */
  function open(): void {
    opening ??= openOnce().catch((error) => {
      opening = undefined;
      say("bad", messageOf(error));
    });
    void opening.then(() => editor?.focus());
  }

  async function openOnce(): Promise<void> {
    const asking = question({ kind: "exercise", ...which });
    const [openEditor, answer] = await Promise.all([loadEditor(), asking]);
    expected.append(element("pre", "", element("samp", "", ...lines(answer.expected))));
    editor = openEditor(host, {
      text: answer.source,
      language,
      label: `Your script ${file}. Escape, then Tab, leaves the editor.`,
      onChange,
      onRun: checkNow,
    });
    const kept = JSON.parse(sessionStorage.getItem(draft) ?? "{}");
    take(answer);
    if (typeof kept.text !== "string" || kept.text === answer.source) return;
    // It could not be sent. If the file was changed meanwhile, the answer says so.
    editor.setText(kept.text);
    seen = kept.seen;
    onChange(kept.text);
    await send();
  }

  /** Shows the file as it is now. */
  function take({ source, digest }: ExerciseAnswer): void {
    seen = digest;
    editor?.setText(source);
    markSent();
  }

  function onChange(text: string): void {
    isUnsent = true;
    sessionStorage.setItem(draft, JSON.stringify({ seen, text }));
    clearTimeout(timer);
    timer = setTimeout(send, PAUSE);
  }

  function markSent(): void {
    clearTimeout(timer);
    isUnsent = false;
    sessionStorage.removeItem(draft);
  }

  /** What is typed during a run is sent after it: a file that is saved meanwhile has not passed. */
  function send(): Promise<void> {
    clearTimeout(timer);
    sending = sending.then(async () => {
      if (!editor || !isUnsent || !stop.hidden) return;
      const { text } = editor;
      isUnsent = false;
      try {
        wrote(text, await question({ kind: "keep", ...which, text, seen }));
      } catch (error) {
        isUnsent = true;
        say("bad", messageOf(error));
      }
    });
    return sending;
  }

  /** The file has the text now. The learner may have typed on. */
  function wrote(text: string, { state: now, digest }: KeptAnswer): void {
    seen = digest;
    if (editor?.text === text) markSent();
    else onChange(editor?.text ?? "");
    onState(now);
  }

  function say(kind: string, text: string): void {
    verdict.hidden = false;
    verdict.className = `verdict ${kind}`;
    verdict.replaceChildren(...(text.startsWith("○ To do:") ? withCode(text) : [text]));
  }

  async function checkNow(): Promise<void> {
    if (!editor) return open();
    if (!stop.hidden) return;
    stop.hidden = false;
    editor.setProblems([]);
    say("running", "Running …");
    try {
      await sending;
      const { text } = editor;
      const answer = await question({ kind: "attempt", ...which, text, seen });
      wrote(text, answer);
      show(answer);
    } catch (error) {
      say("bad", messageOf(error));
    } finally {
      stop.hidden = true;
      layOutProjector();
      verdict.scrollIntoView({ block: "nearest", behavior: "instant" });
    }
  }

  function show(answer: AttemptAnswer): void {
    const { isPassed, text, rest, line, tables, unshown } = answer;
    const parts = text.trim().split("\n\n");
    say(isPassed ? "good" : "bad", parts.at(-1) ?? "");
    const written = [...parts.slice(0, -1), rest].filter(Boolean).join("\n\n");
    more.replaceChildren(
      ...(written ? [diffFigure("What differs", written.split("\n"))] : []),
      ...tableFigures({ tables, unshown }),
    );
    if (line > 0) {
      editor?.setProblems([{ line, column: 0, text: parts.at(-1) ?? "", isError: true }]);
    }
    if (isPassed && !options.isLast) next.focus();
  }

  async function showHint(): Promise<void> {
    const answer = await question({ kind: "hint", ...which });
    hintList.append(element("li", "", ...withCode(answer.hint)));
    onState(answer.state);
  }

  async function showSolution(): Promise<void> {
    const { solution: script, diff } = await question({ kind: "solution", ...which });
    more.replaceChildren(
      textFigure("The solution", lines(script)),
      ...(diff ? [diffFigure("Yours, compared with it", diff.split("\n"))] : []),
    );
    layOutProjector();
  }

  async function startAgain(): Promise<void> {
    if (!editor) return open();
    await sending;
    const { text } = editor;
    take(await question({ kind: "restart", ...which, text, seen }));
    say("running", "Your old file is kept next to the new one.");
    more.replaceChildren();
  }

  return {
    element: root,
    open,
    /** Sends what was typed a moment ago. */
    leave: () => void send(),
  };
}

import type { AttemptAnswer, ExerciseAnswer, ExerciseState } from "../questions.ts";
import type { TextEditor } from "./editor/editor-types.ts";
import { button, element, layOutProjector, lines, withCode } from "./elements.ts";
import { diffFigure, textFigure } from "./figures.ts";
import { loadEditor } from "./load-editor.ts";
import { messageOf, question } from "./server.ts";
import { tableFigures } from "./tables.ts";

/** An exercise in the place of a step's script. */
export interface PageExercise {
  readonly element: HTMLElement;
  /** Loads the learner's file, and shows it in an editor. */
  open(): void;
}

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

export function openExercise(options: ExerciseOptions): PageExercise {
  const { course, index, state, onState, go } = options;
  const { file, language, tasks } = state;
  const which = { course, exercise: index };
  let editor: TextEditor | undefined;
  let opening: Promise<void> | undefined;
  /** Where the tab keeps what is not checked yet, while the page loads again. */
  const draft = `guide-exercise ${file}`;
  /** The digest of the file, as it was when the editor got it. */
  let seen = "";

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
      onChange: (text) => sessionStorage.setItem(draft, JSON.stringify({ seen, text })),
      onRun: checkNow,
    });
    const kept = JSON.parse(sessionStorage.getItem(draft) ?? "{}");
    take(answer);
    if (kept.seen === seen) editor.setText(kept.text);
  }

  /** Shows the file as it is now. */
  function take({ source, digest }: ExerciseAnswer): void {
    seen = digest;
    sessionStorage.removeItem(draft);
    editor?.setText(source);
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
      const { text } = editor;
      show(await question({ kind: "attempt", ...which, text, seen }));
    } catch (error) {
      say("bad", messageOf(error));
    } finally {
      stop.hidden = true;
      layOutProjector();
      verdict.scrollIntoView({ block: "nearest", behavior: "instant" });
    }
  }

  function show(answer: AttemptAnswer): void {
    const { isPassed, text, rest, line, digest, tables, unshown } = answer;
    seen = digest;
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
    onState(answer.state);
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
    take(await question({ kind: "restart", ...which }));
    say("running", "Your old file is kept next to the new one.");
    more.replaceChildren();
  }

  return { element: root, open };
}

import type { ChangedLine, ScriptState } from "../messages.ts";
import type { Problem, ScriptAnswer, ScriptQuestion } from "../questions.ts";
import type { LineLike, TextEditor } from "./editor/editor-types.ts";
import { button, element } from "./elements.ts";
import { loadEditor } from "./load-editor.ts";
import { digestOf, question, refused } from "./server.ts";

/** One script of the guide on the page. */
export interface PageScript {
  readonly name: string;
  /** The index of the first run below it. */
  readonly run: number;
  show(state: ScriptState): void;
  /** Sends what is not kept yet. @returns the digest of the version; empty without one */
  shown(): Promise<string>;
  /** Marks the line at which the version failed. Without one, removes the mark. */
  setFailure(failure: Problem | undefined): void;
}

/** Milliseconds after the last key until what was written is sent. */
const PAUSE = 250;
const TYPES_PAUSE = 600;

/**
 * @param figure shows the guide's text; undefined if the page doesn't show the script
 * @param onRun is called with the index of the run to do
 */
export function openScript(
  figure: HTMLElement | undefined,
  index: number,
  first: ScriptState,
  onRun: (run: number) => void,
): PageScript {
  const { name, language } = first;
  let state = first;
  /** The guide's script. */
  let guide = "";
  let editor: TextEditor | undefined;
  let opening: Promise<void> | undefined;
  /** What the reader wrote, and the server does not have yet. */
  let unsent: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let sending = Promise.resolve();
  /** What is wrong with the text, and where it failed when it ran. */
  let problems: readonly Problem[] = [];
  let failure: readonly Problem[] = [];
  let checking: ReturnType<typeof setTimeout> | undefined;

  const edit = element("button", "edit", "Edit", element("span", "unseen", ` ${name}`));
  edit.type = "button";
  edit.addEventListener("click", () => void open().then(() => editor?.focus()));
  const pre = figure?.querySelector("pre");
  pre?.addEventListener("click", ({ target }) => {
    if (getSelection()?.isCollapsed === false) return; // it is being copied
    const line = target instanceof Element ? target.closest(".line") : null;
    void open().then(() => editor?.focus(lineLike(line, pre)));
  });
  figure?.append(edit);
  const host = element("div", "editor");
  const run = button("Run", () => onRun(runIndex(figure)));
  run.title = "Shift+Enter";
  const reset = button("Reset", () => write(null));
  const save = button(`Save to ${name}`, saveToFile);
  const note = element("span", "note");
  note.role = "status";
  const problemList = element("ul", "problems");
  const compare = element("details", "compare");
  const bar = element("div", "editor-bar", run, reset, save, note);

  async function open(): Promise<void> {
    opening ??= openOnce().catch((error) => {
      opening = undefined;
      refused(String(error instanceof Error ? error.message : error));
    });
    await opening;
  }

  async function openOnce(): Promise<void> {
    if (!figure) return;
    const [openEditor, answer] = await Promise.all([
      loadEditor(),
      question({ kind: "script", script: index }),
    ]);
    guide = answer.guide;
    figure.classList.add("written");
    edit.hidden = true;
    pre?.setAttribute("hidden", "");
    figure.append(host, bar, problemList, compare);
    editor = openEditor(host, {
      text: answer.version ?? guide,
      language,
      label: `Your version of ${name}. Escape, then Tab, leaves the editor.`,
      onChange,
      onRun: () => onRun(runIndex(figure)),
    });
    update(answer);
  }

  /** Shows the guide's text again. */
  function close(): void {
    const hadFocus = figure?.contains(document.activeElement) === true;
    editor?.close();
    editor = undefined;
    opening = undefined;
    for (const one of [host, bar, problemList, compare]) one.remove();
    figure?.classList.remove("written");
    if (figure) delete figure.dataset.text;
    pre?.removeAttribute("hidden");
    edit.hidden = false;
    if (hadFocus) edit.focus();
  }

  function onChange(text: string): void {
    unsent = text;
    failure = []; // its line may have moved
    clearTimeout(timer);
    timer = setTimeout(send, PAUSE);
  }

  /** Sends what was written, one text after the other. */
  function send(): Promise<void> {
    clearTimeout(timer);
    sending = sending.then(async () => {
      const text = unsent;
      if (text === undefined) return;
      unsent = undefined;
      await ask({ kind: "write", script: index, text });
    });
    return sending;
  }

  /** Types are checked when the reader pauses: it takes a second. */
  function checkTypesLater(): void {
    clearTimeout(checking);
    if (language !== "ts") return;
    checking = setTimeout(async () => {
      const before = editor?.text;
      const answer = await question({ kind: "types", script: index }).catch(() => undefined);
      if (!answer || editor?.text !== before) return;
      problems = answer.problems;
      showProblems();
    }, TYPES_PAUSE);
  }

  function showProblems(): void {
    const all = [...problems, ...failure];
    editor?.setProblems(all);
    problemList.replaceChildren(
      ...all.map(({ line, text }) => element("li", "", line > 0 ? `Line ${line}: ${text}` : text)),
    );
  }

  async function ask(asked: ScriptQuestion): Promise<boolean> {
    try {
      update(await question(asked));
      return true;
    } catch (error) {
      note.textContent = error instanceof Error ? error.message : String(error);
      return false;
    }
  }

  async function write(text: null): Promise<void> {
    unsent = undefined;
    clearTimeout(timer);
    await sending;
    if (await ask({ kind: "write", script: index, text })) close();
  }

  async function saveToFile(): Promise<void> {
    await send();
    const digest = await digestOf(editor?.text ?? "");
    if (await ask({ kind: "save", script: index, digest })) close();
  }

  function update(answer: ScriptAnswer): void {
    const { version, changes } = answer;
    guide = answer.guide;
    problems = answer.problems;
    // Another page may have written it, while nothing was written here.
    if (unsent === undefined) editor?.setText(version ?? guide);
    const text = editor?.text ?? "";
    if (figure) figure.dataset.text = text;
    const isOwn = version !== null;
    reset.textContent = isOwn ? "Reset" : "Close";
    save.hidden = !isOwn;
    figure?.classList.toggle("own", isOwn);
    showComparison(compare, changes, name);
    showNote(isOwn);
    showProblems();
    if (isOwn && !problems.some(({ isError }) => isError)) checkTypesLater();
  }

  function showNote(isOwn: boolean): void {
    note.textContent = !isOwn
      ? "This is the guide's text. What you write is kept as your version."
      : state.isOutdated
        ? `${name} has changed since you began. Copy what you need, and choose Reset.`
        : "Your version runs in place of the guide's. It is kept when the guide ends.";
  }

  return {
    name,
    run: runIndex(figure),

    show(next) {
      state = next;
      if (!editor && next.digest !== "") void open();
      if (!editor) return;
      void digestOf(editor.text).then((digest) => {
        const isSame = digest === next.digest || (next.digest === "" && editor?.text === guide);
        if (isSame || unsent !== undefined) return showNote(next.digest !== "");
        void sending.then(() => ask({ kind: "script", script: index }));
      });
    },

    async shown() {
      await opening; // a version that was kept is on its way
      if (!editor) return "";
      await send();
      return editor.text === guide ? "" : digestOf(editor.text);
    },

    setFailure(problem) {
      failure = problem ? [problem] : [];
      showProblems();
    },
  };
}

/** Finds the line of the file: the page leaves out some lines of it. */
function lineLike(line: Element | null, pre: HTMLElement): LineLike | undefined {
  if (!line) return undefined;
  const text = line.textContent?.trimEnd() ?? "";
  const same = [...pre.querySelectorAll(".line")].filter(
    (one) => one.textContent?.trimEnd() === text,
  );
  return { text, occurrence: same.indexOf(line) };
}

/** The first run below a script. */
function runIndex(figure: HTMLElement | undefined): number {
  const run = figure?.closest(".screen")?.querySelector(".live-run");
  return Number(run instanceof HTMLElement ? run.dataset.run : 0);
}

function showComparison(
  compare: HTMLDetailsElement,
  changes: readonly ChangedLine[] | null,
  name: string,
): void {
  const count = changes?.length ?? 0;
  compare.hidden = count === 0 && changes !== null;
  // A changed line is there twice, as it was and as it is.
  const added = changes?.filter(({ sign }) => sign === "+").length ?? 0;
  const differing = Math.max(added, count - added);
  const size = changes ? `${differing} line${differing === 1 ? "" : "s"}` : "many lines";
  const summary = element("summary", "", `Compared with ${name}: ${size}`);
  const lines = (changes ?? []).map(({ sign, text }) =>
    sign === "+" ? element("ins", "", `+ ${text}\n`) : element("del", "", `− ${text}\n`),
  );
  compare.replaceChildren(summary, element("pre", "", ...lines));
}

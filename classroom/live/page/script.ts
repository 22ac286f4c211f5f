import type { ChangedLine, ScriptState } from "../messages.ts";
import type { Problem, ScriptAnswer, ScriptQuestion } from "../questions.ts";
import type { LineLike, TextEditor } from "./editor/editor.ts";
import { button, counted, element } from "./elements.ts";
import { changedLines } from "./figures.ts";
import { loadEditor } from "./load-editor.ts";
import { messageOf, question, refused } from "./server.ts";

/** One script of the guide on the page. */
export type PageScript = ReturnType<typeof openScript>;

/** In place of a digest: what the editor shows could not be sent. */
export const NOT_KEPT = "not kept";
/** Milliseconds after the last key until what was written is sent. */
const PAUSE = 250;
const TYPES_PAUSE = 600;
/** The status of a refusal: something else was kept meanwhile. */
const CHANGED = 412;

/**
 * @param figure shows the guide's text; undefined if the page doesn't show the script
 * @param onRun is called with the index of the run to do
 */
export function openScript(
  figure: HTMLElement | undefined,
  index: number,
  first: ScriptState,
  onRun: (run: number) => void,
) {
  const { name, language } = first;
  let state = first;
  /** The guide's script. */
  let guide = "";
  let editor: TextEditor | undefined;
  let opening: Promise<void> | undefined;
  /** The digest of what the editor has shown. */
  let seen = "";
  /** True if that is the reader's version. */
  let isOwn = false;
  /** What the reader wrote, and the server does not keep. */
  let unsent: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let sending = Promise.resolve(true);
  /** Where the tab keeps the place of the cursor, while the page loads again. */
  const cursor = `guide-cursor ${name}`;
  /** What is wrong with the text, and where it failed when it ran. */
  let problems: readonly Problem[] = [];
  let failure: readonly Problem[] = [];
  let checking: ReturnType<typeof setTimeout> | undefined;

  const edit = button("Edit", () => open().then(() => editor?.focus()));
  edit.className = "copy edit";
  edit.append(element("span", "unseen", ` ${name}`));
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
  const reset = button("Reset", () => finish("write"));
  const save = button(`Save to ${name}`, () => finish("save"));
  const keep = button("Keep this one", keepOwn);
  const take = button("Show the other one", takeOther);
  const conflict = element("span", "conflict", keep, take);
  conflict.hidden = true;
  const note = element("span", "note");
  note.role = "status";
  const problemList = element("ul", "problems");
  const compare = element("details", "compare");
  const bar = element("div", "editor-bar", run, reset, save, conflict, note);

  function open(): Promise<void> {
    opening ??= openOnce().catch((error) => {
      opening = undefined;
      refused(messageOf(error));
    });
    return opening;
  }

  async function openOnce(): Promise<void> {
    if (!figure) return;
    const [openEditor, answer] = await Promise.all([
      loadEditor(),
      question({ kind: "script", script: index }),
    ]);
    guide = answer.guide;
    seen = answer.digest;
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
    const at = sessionStorage.getItem(cursor);
    sessionStorage.removeItem(cursor);
    if (at) editor.focus(Math.min(Number(at), editor.text.length));
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

  /** Sends what was written, one text after the other. @returns whether it is kept */
  function send(): Promise<boolean> {
    clearTimeout(timer);
    sending = sending.then(async () => {
      const text = unsent;
      if (text === undefined) return true;
      unsent = undefined;
      const isKept = await ask({ kind: "write", script: index, text, seen });
      if (!isKept) unsent ??= text;
      return isKept;
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
      const answer = await question(asked);
      if (asked.kind === "write" || unsent === undefined) seen = answer.digest;
      update(answer);
      return true;
    } catch (error) {
      note.textContent = messageOf(error);
      conflict.hidden = !(error instanceof Error && error.cause === CHANGED);
      return false;
    }
  }

  /** Gives the version up, or writes it to the file. */
  async function finish(kind: "write" | "save"): Promise<void> {
    if (kind === "save" && !(await send())) return; // the note says why
    unsent = undefined;
    await sending;
    const asked = { script: index, seen } as const;
    if (await ask(kind === "save" ? { kind, ...asked } : { kind, ...asked, text: null })) close();
  }

  /** What another page wrote is replaced. */
  async function keepOwn(): Promise<void> {
    seen = (await question({ kind: "script", script: index })).digest;
    unsent = editor?.text;
    await send();
  }

  async function takeOther(): Promise<void> {
    unsent = undefined;
    await ask({ kind: "script", script: index });
  }

  function update(answer: ScriptAnswer): void {
    const { version, changes } = answer;
    guide = answer.guide;
    problems = answer.problems;
    conflict.hidden = true;
    // Another page may have written it, while nothing was written here.
    if (unsent === undefined) editor?.setText(version ?? guide);
    const text = editor?.text ?? "";
    if (figure) figure.dataset.text = text;
    isOwn = version !== null;
    reset.textContent = isOwn ? "Reset" : "Close";
    save.hidden = !isOwn;
    figure?.classList.toggle("own", isOwn);
    showComparison(compare, changes, name);
    showNote();
    showProblems();
    if (isOwn && !problems.some(({ isError }) => isError)) checkTypesLater();
  }

  function showNote(): void {
    note.textContent = !isOwn
      ? "This is the guide's text. What you write is kept as your version."
      : state.isOutdated
        ? `${name} has changed since you began. Copy what you need, and choose Reset.`
        : "Your version runs in place of the guide's. It is kept when the guide ends.";
  }

  return {
    name,
    /** The index of the first run below it. */
    run: runIndex(figure),

    show(next: ScriptState) {
      state = next;
      if (!editor && next.digest !== "") void open();
      if (!editor) return;
      void sending.then(() => {
        if (unsent !== undefined) return;
        if ((isOwn ? seen : "") === next.digest) showNote();
        else void ask({ kind: "script", script: index });
      });
    },

    /** Sends what is not kept yet. @returns the digest of the version; empty without one; or NOT_KEPT */
    async shown(): Promise<string> {
      sessionStorage.setItem(cursor, String(editor?.cursor ?? ""));
      await opening; // a version that was kept is on its way
      if (!editor) return "";
      do if (!(await send())) return NOT_KEPT;
      while (unsent !== undefined); // the reader may write on
      return isOwn ? seen : "";
    },

    /** Marks the line at which the version failed. Without one, removes the mark. */
    setFailure(problem: Problem | undefined) {
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
  const size = changes ? counted(differing, "line") : "many lines";
  const summary = element("summary", "", `Compared with ${name}: ${size}`);
  compare.replaceChildren(summary, element("pre", "", ...changedLines(changes ?? [])));
}

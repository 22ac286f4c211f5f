import type { CourseAnswer, ExerciseState } from "../questions.ts";
import { button, element, layOutProjector, signOf } from "./elements.ts";
import { openExercise, type PageExercise } from "./exercise.ts";
import { messageOf, question, refused } from "./server.ts";

/** Where the tab keeps the course that is shown, while the page loads again; empty for none. */
const COURSE = "guide-course";

/**
 * Makes the switch between the guide and its exercises: the same page, with gaps.
 * @returns what belongs into the toolbar, and what begins with a course
 */
export function openLearning() {
  const choice = element("select");
  choice.ariaLabel = "Learn with";
  const box = element("input");
  box.type = "checkbox";
  const label = element("label", "", box, " Learn");
  const help = button("I need help", askForHelp);
  help.title = "Alt+I. Shows your number on the board";
  const onKey = (event: KeyboardEvent) => {
    if (!event.altKey || event.code !== "KeyI" || help.hidden) return;
    event.preventDefault();
    void askForHelp();
  };
  addEventListener("keydown", onKey, { capture: true }); // an editor keeps its keys to itself
  help.hidden = true;
  const control = element("span", "learn-switch", label, choice, help);
  control.hidden = true;
  let exercises: readonly PageExercise[] = [];
  /** What was asked last: an answer that comes after the reader's next choice is not shown. */
  let latest: Promise<CourseAnswer> | undefined;

  box.addEventListener("change", () => (box.checked ? begin(choice.value) : end()));
  choice.addEventListener("change", () => {
    if (box.checked) void begin(choice.value);
  });

  function leave(): void {
    for (const exercise of exercises) exercise.leave();
  }
  addEventListener("pagehide", leave);

  async function begin(course: string): Promise<void> {
    end();
    sessionStorage.setItem(COURSE, course);
    box.checked = true;
    choice.value = course;
    label.ariaBusy = "true";
    const asked = question({ kind: "course", course });
    latest = asked;
    try {
      const answer = await asked;
      if (asked === latest) show(answer);
    } catch (error) {
      if (asked !== latest) return;
      refused(messageOf(error));
      end();
    }
  }

  async function askForHelp(): Promise<void> {
    const { needsHelp, text } = await question({ kind: "help", course: choice.value });
    help.ariaPressed = String(needsHelp);
    refused(text);
  }

  function show({ course, exercises: states, needsHelp }: CourseAnswer): void {
    label.ariaBusy = null;
    refused(""); // what was said of the guide's runs
    help.hidden = needsHelp === null;
    help.ariaPressed = String(needsHelp === true);
    document.documentElement.classList.add("learning");
    exercises = states.flatMap((state, index) => {
      const screen = document.getElementById(state.run);
      if (!screen) return [];
      markContents(state);
      screen.classList.add("has-exercise");
      const exercise = openExercise({
        course,
        index,
        state,
        onState: (now) => markContents({ ...state, state: now }),
        go: (step) => goTo(index + step),
        isFirst: index === 0,
        isLast: index === states.length - 1,
      });
      screen.append(exercise.element);
      return [exercise];
    });
    const next = states.findIndex(({ state }) => state !== "done");
    goTo(Math.max(0, next));
    layOutProjector();
  }

  function goTo(index: number): void {
    const exercise = exercises[index];
    if (!exercise) return;
    exercise.open();
    exercise.element.closest(".screen")?.scrollIntoView({ behavior: "instant" });
  }

  function end(): void {
    latest = undefined;
    sessionStorage.setItem(COURSE, "");
    label.ariaBusy = null;
    box.checked = false;
    help.hidden = true;
    document.documentElement.classList.remove("learning");
    leave();
    for (const { element: one } of exercises) one.remove();
    for (const screen of document.querySelectorAll(".has-exercise")) {
      screen.classList.remove("has-exercise");
    }
    for (const sign of document.querySelectorAll(".contents .exercise-state")) sign.remove();
    exercises = [];
    layOutProjector();
  }

  return {
    control,
    /**
     * @param course to begin with, the first time; empty for none
     * @param library the client that the reader chose
     */
    offer(courses: readonly string[], course: string, library: string) {
      if (!control.hidden || courses.length === 0) return;
      control.hidden = false;
      choice.append(...courses.map((name) => element("option", "", name)));
      const wanted = [course, library.replace("standalone/", ""), "pg"];
      choice.value = wanted.find((name) => courses.includes(name)) ?? courses[0] ?? "";
      const begun = sessionStorage.getItem(COURSE) ?? course;
      if (courses.includes(begun)) void begin(begun);
    },
  };
}

const signs: Readonly<Record<string, readonly [sign: string, word: string]>> = {
  done: ["✓", "done"],
  begun: ["○", "begun"],
  changed: ["↻", "changed since it passed"],
};

function markContents({ run, state }: Pick<ExerciseState, "run" | "state">): void {
  const link = document.querySelector(`.contents a[href="#${CSS.escape(run)}"]`);
  link?.querySelector(".exercise-state")?.remove();
  const [sign, word] = signs[state] ?? ["·", "not begun"];
  link?.append(signOf(state === "done" ? "exercise-state good" : "exercise-state", sign, word));
}

// Each event has everything that the page shows, so it may miss some: while it reloads, the laptop sleeps,
// or the board starts again.

/** @typedef {import("../board-view.ts").BoardView} BoardView */

/** The board sends something every ten seconds. After this time, it is gone. */
const SILENCE_MS = 25_000;
const AGAIN_MS = 2000;

const state = element("#state");
let heard = performance.now();
let stream = listen();

setInterval(() => {
  if (performance.now() - heard < SILENCE_MS && stream.readyState !== EventSource.CLOSED) return;
  sayLost();
  heard = performance.now();
  stream.close();
  stream = listen();
}, AGAIN_MS);

function listen() {
  const source = new EventSource("events");
  source.addEventListener("message", ({ data }) => {
    heard = performance.now();
    show(JSON.parse(data));
  });
  source.addEventListener("error", sayLost);
  return source;
}

function sayLost() {
  say("The board does not answer. What you see may be old.", true);
}

/** @param {BoardView} view */
function show({ title, command, learners, courses, waiting }) {
  say(learners === 0 ? "No learners yet." : count(learners, "learner"), false);
  element("#title").textContent = title;
  element("#join").textContent = `${command} learn --board ${location.href}`;
  element("#courses").replaceChildren(...courses.map(courseOf));
  element("#waiting").hidden = waiting.length === 0;
  element("#waiting ol").replaceChildren(
    ...waiting.map(({ who, exercise, seconds, attempts, hints }) =>
      make(
        "li",
        "",
        make("strong", "", who),
        make("span", "", exercise),
        make("span", "time", seconds < 60 ? "just now" : `${Math.floor(seconds / 60)} min`),
        make("small", "", `${count(attempts, "attempt")}, ${count(hints, "hint")}`),
      ),
    ),
  );
}

/** @param {import("../board-view.ts").CourseView} course */
function courseOf({ name, learners, finished, exercises }) {
  const rows = exercises.map(({ name: exercise, title, here, done }) => {
    const meter = document.createElement("meter");
    meter.max = learners;
    meter.value = done;
    meter.setAttribute("aria-label", `${done} of ${learners} have done ${exercise}`);
    return make(
      "li",
      "",
      make("span", "exercise", make("b", "", exercise.split("/")[1] ?? ""), ` ${title}`),
      meter,
      make("span", "done", `${done} done`),
      make("span", "here", here > 0 ? `${here} here` : ""),
    );
  });
  const all = `${count(learners, "learner")}, ${finished} finished`;
  return make("article", "", make("h2", "", name, make("small", "", all)), make("ol", "", ...rows));
}

/**
 * @param {string} text
 * @param {boolean} isOld
 */
function say(text, isOld) {
  state.textContent = text;
  state.classList.toggle("old", isOld);
}

/**
 * @param {number} number
 * @param {string} one
 */
function count(number, one) {
  return `${number} ${one}${number === 1 ? "" : "s"}`;
}

/**
 * Makes an element. Text, such as a learner's name, never becomes HTML.
 * @param {string} tag
 * @param {string} kind
 * @param {(Node | string)[]} content
 */
function make(tag, kind, ...content) {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  made.append(...content);
  return made;
}

/**
 * @param {string} selector
 * @returns {HTMLElement}
 */
function element(selector) {
  const found = document.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`The page has no ${selector}.`);
  return found;
}

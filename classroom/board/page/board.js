// Each event has everything that the page shows, so it may miss some: while it reloads, the laptop sleeps,
// or the board starts again.

/** @typedef {import("../board-view.ts").BoardView} BoardView */

/** The board sends something every ten seconds. After this time, it is gone. */
const SILENCE_MS = 25_000;
const RETRY_MS = 2000;

const state = find("#state");
let heard = performance.now();
let stream = listen();

setInterval(() => {
  if (performance.now() - heard < SILENCE_MS && stream.readyState !== EventSource.CLOSED) return;
  sayLost();
  heard = performance.now();
  stream.close();
  stream = listen();
}, RETRY_MS);

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
  state.textContent = "The board does not answer. What you see may be old.";
  state.classList.add("old");
}

/** @param {BoardView} view */
function show({ title, command, learners, courses, waiting }) {
  state.textContent = learners === 0 ? "No learners yet." : count(learners, "learner");
  state.classList.remove("old");
  find("#title").textContent = title;
  find("#join").textContent = `${command} learn --board ${location.href}`;
  find("#courses").replaceChildren(...courses.map(courseElement));
  find("#waiting").hidden = waiting.length === 0;
  find("#waiting ol").replaceChildren(
    ...waiting.map(({ who, exercise, seconds, attempts, hints }) => {
      const time = seconds < 60 ? "just now" : `${Math.floor(seconds / 60)} min`;
      const counts = element("small", "", `${count(attempts, "attempt")}, ${count(hints, "hint")}`);
      const name = element("strong", "", who);
      return element(
        "li",
        "",
        name,
        element("span", "", exercise),
        element("span", "time", time),
        counts,
      );
    }),
  );
}

/** @param {BoardView["courses"][number]} course */
function courseElement({ name, learners, finished, exercises }) {
  const rows = exercises.map(({ name: exercise, title, here, done }) => {
    const meter = document.createElement("meter");
    meter.max = learners;
    meter.value = done;
    meter.setAttribute("aria-label", `${done} of ${learners} have done ${exercise}`);
    const label = element("span", "exercise", element("b", "", exercise.split("/")[1] ?? ""));
    label.append(` ${title}`);
    const doneText = element("span", "done", `${done} done`);
    return element(
      "li",
      "",
      label,
      meter,
      doneText,
      element("span", "here", here > 0 ? `${here} here` : ""),
    );
  });
  const all = element("small", "", `${count(learners, "learner")}, ${finished} finished`);
  return element("article", "", element("h2", "", name, all), element("ol", "", ...rows));
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
function element(tag, kind, ...content) {
  const made = document.createElement(tag);
  if (kind) made.className = kind;
  made.append(...content);
  return made;
}

/**
 * @param {string} selector
 * @returns {HTMLElement}
 */
function find(selector) {
  const found = document.querySelector(selector);
  if (found instanceof HTMLElement) return found;
  throw new Error(`The page has no ${selector}.`);
}

// The page is told everything each time, so that whatever it missed does no harm: a reload, a laptop
// that slept, a board that was started again.

/** @typedef {import("../wall-news.ts").Wall} Wall */

/** A board that says nothing for so long is gone: it would say at least the same again. */
const SILENCE_MS = 25_000;
const AGAIN_MS = 2000;

const state = element("#state");
let heard = performance.now();
let stream = listen();

setInterval(() => {
  if (performance.now() - heard < SILENCE_MS && stream.readyState !== EventSource.CLOSED) return;
  say("No news from the board. What you see may be old.", true);
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
  source.addEventListener("error", () =>
    say("No news from the board. What you see may be old.", true),
  );
  return source;
}

/** @param {Wall} wall */
function show({ title, command, learners, courses, waiting }) {
  say(learners === 0 ? "Nobody is here yet." : count(learners, "learner"), false);
  element("#title").textContent = title;
  element("#join").textContent = `${command} learn --board ${location.href}`;
  element("#courses").replaceChildren(...courses.map(courseOf));
  element("#waiting").hidden = waiting.length === 0;
  element("#waiting ol").replaceChildren(
    ...waiting.map(({ who, exercise, seconds, tries, hints }) =>
      make(
        "li",
        "",
        make("strong", "", who),
        make("span", "", exercise),
        make("span", "time", seconds < 60 ? "just now" : `${Math.floor(seconds / 60)} min`),
        make("small", "", `${count(tries, "try", "tries")}, ${count(hints, "hint")}`),
      ),
    ),
  );
}

/** @param {Wall["courses"][number]} course */
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
  const all = `${count(learners, "learner")}, ${finished} with all of it`;
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
function count(number, one, many = `${one}s`) {
  return `${number} ${number === 1 ? one : many}`;
}

/**
 * Whatever a learner is called, it is text.
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
  if (!(found instanceof HTMLElement)) throw new Error(`There is no ${selector}`);
  return found;
}

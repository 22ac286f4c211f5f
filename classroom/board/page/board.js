// Each event has everything that the page shows, so it may miss some: while it reloads, the laptop sleeps,
// or the board starts again.

/** @typedef {import("../board-view.ts").BoardView} BoardView */

/** The board sends something every ten seconds. After this time, it is gone. */
const SILENCE_MS = 25_000;
const RETRY_MS = 2000;

/** The board's clock against this machine's, in milliseconds. */
let aheadBy = 0;

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
function show({ title, command, now, learners, here, courses, waiting, helping, everyone }) {
  const away = learners - here;
  const all = learners === 0 ? "No learners yet." : count(learners, "learner");
  state.textContent = away > 0 ? `${all}, ${away} offline or gone` : all;
  state.classList.remove("old");
  aheadBy = now - Date.now();
  find("#title").textContent = title;
  // A line may break before an option, not inside it.
  const option = element("span", "", "--board");
  find("#join").replaceChildren(`${command} learn `, option, ` ${location.href}`);
  find("#courses").replaceChildren(...courses.map(courseElement));
  find("#aside").hidden = waiting.length + helping.length === 0;
  find("#helping").hidden = helping.length === 0;
  find("#helping ol").replaceChildren(
    ...helping.map(({ who, exercise, seconds }) => learnerElement(who, exercise, seconds)),
  );
  find("#waiting").hidden = waiting.length === 0;
  find("#waiting ol").replaceChildren(
    ...waiting.map(({ who, exercise, seconds, attempts, hints }) => {
      const counts = `${count(attempts, "attempt")}, ${count(hints, "hint")}`;
      return learnerElement(who, exercise, seconds, element("small", "", counts));
    }),
  );
  find("#everyone").hidden = everyone.length === 0;
  find("#everyone ul").replaceChildren(...everyone.map(chipElement));
}

function showTime() {
  const time = new Date(Date.now() + aheadBy);
  find("#clock").textContent = time.toLocaleTimeString([], {
    timeStyle: "short",
    hourCycle: "h23",
  });
}

showTime();
setInterval(showTime, 1000);

/**
 * @param {string} who
 * @param {string} exercise
 * @param {number} seconds
 * @param {HTMLElement[]} more
 */
function learnerElement(who, exercise, seconds, ...more) {
  const time = seconds < 60 ? "just now" : `${Math.floor(seconds / 60)} min`;
  const name = element("strong", "", who);
  const parts = [name, element("span", "", exercise), element("span", "time", time), ...more];
  return element("li", "", ...parts);
}

/** @param {BoardView["everyone"][number]} one */
function chipElement({ who, presence, needsHelp, done }) {
  const name = element("b", "", who);
  const count = element("span", "", done > 0 ? `✓${done}` : "");
  const chip = element("li", needsHelp ? "help" : presence === "here" ? "" : presence, name, count);
  const help = needsHelp ? "needs help, " : "";
  chip.title = `${help}${presence}, ${done} done`;
  return chip;
}

/** @param {BoardView["courses"][number]} course */
function courseElement({ name, learners, finished, exercises }) {
  const rows = exercises.map(({ name: exercise, title, here, isBusiest, done }) => {
    const meter = document.createElement("meter");
    meter.max = learners;
    meter.value = done;
    meter.setAttribute("aria-label", `${done} of ${learners} have done ${exercise}`);
    const label = element("span", "exercise", element("b", "", exercise.split("/")[1] ?? ""));
    label.append(` ${title}`);
    const doneText = element("span", "done", `${done} done`);
    return element(
      "li",
      isBusiest ? "busiest" : "",
      label,
      meter,
      doneText,
      element("span", "here", here > 0 ? `${here} here${isBusiest ? ": most" : ""}` : ""),
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

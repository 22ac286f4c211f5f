// The projector mode shows one section at a time, in large type. The key p, or the button, begins
// and ends it. Left and right go back and on; page up and down, as a presenter's remote sends them,
// first scroll through a section that is longer than the screen.

const root = document.documentElement;
const screens = [...document.querySelectorAll(".screen")];
let current = 0;
/** What the mode has closed, to save room. @type {HTMLDetailsElement[]} */
let closed = [];

const controls = document.createElement("div");
controls.className = "controls";
controls.role = "region";
controls.ariaLabel = "Projector";
const back = addButton("←", () => go(current - 1));
back.ariaLabel = "Back";
const position = document.createElement("span");
position.className = "position";
controls.append(position);
const on = addButton("→", () => go(current + 1));
on.ariaLabel = "On";
const toggle = addButton("Projector ", () => (isOn() ? leave() : enter()));
toggle.ariaKeyShortcuts = "p";
const key = document.createElement("kbd");
key.textContent = "p";
key.ariaHidden = "true";
toggle.append(key);
document.body.append(controls);
showControls();

/** @type {Record<string, () => void>} */
const keys = {
  ArrowLeft: () => go(current - 1),
  ArrowRight: () => go(current + 1),
  PageUp: () => turn(-1),
  PageDown: () => turn(1),
  " ": () => turn(1),
  Home: () => go(0),
  End: () => go(screens.length - 1),
  Escape: leave,
  p: leave,
};

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const action = isOn() ? keys[event.key] : { p: enter }[event.key];
  if (!action || (event.key === " " && isPressable(event.target))) return;
  event.preventDefault();
  action();
});

addEventListener("hashchange", () => {
  const target = screens.findIndex(({ id }) => `#${id}` === decodeURIComponent(location.hash));
  if (isOn() && target !== -1) go(target);
});

/** Begins with the section that the contents mark as being read. */
function enter() {
  const link = document.querySelector(".contents a[aria-current]")?.getAttribute("href");
  root.classList.add("projector");
  closed = [...document.querySelectorAll("details")].filter(
    (details) => details.open && details.closest(".step"),
  );
  for (const details of closed) details.open = false;
  go(
    Math.max(
      0,
      screens.findIndex(({ id }) => `#${id}` === link),
    ),
  );
}

function leave() {
  root.classList.remove("projector");
  for (const details of closed) details.open = true;
  for (const screen of screens) headingOf(screen)?.removeAttribute("aria-level");
  showControls();
  screens[current]?.scrollIntoView({ behavior: "instant" });
  toggle.focus({ preventScroll: true });
}

/** @param {number} index */
function go(index) {
  const screen = screens[index];
  if (!screen) return;
  current = index;
  for (const one of screens) one.classList.toggle("current", one === screen);
  const url = new URL(location.href);
  url.hash = screen.id;
  history.replaceState(null, "", url);
  scrollTo({ top: 0, behavior: "instant" });
  showControls();

  // A screen reader reads on from here. Where a section stands alone, its heading is the first.
  const heading = headingOf(screen);
  if (!heading) return;
  heading.ariaLevel = "1";
  heading.tabIndex = -1;
  heading.dataset.landing = "";
  heading.focus({ preventScroll: true });
}

/** @param {Element} screen @returns {HTMLElement | null} */
function headingOf(screen) {
  return screen.querySelector("h1, h2, h3");
}

/**
 * Scrolls most of a screen up or down, or turns to the next one where that is not possible.
 * @param {1 | -1} direction
 */
function turn(direction) {
  const before = scrollY;
  scrollBy({ top: direction * innerHeight * 0.85, behavior: "instant" });
  if (Math.abs(scrollY - before) < 1) go(current + direction);
}

function showControls() {
  for (const part of [back, position, on]) part.hidden = !isOn();
  back.disabled = current === 0;
  on.disabled = current === screens.length - 1;
  position.textContent = `${current + 1} / ${screens.length}`;
  toggle.ariaPressed = String(isOn());
}

function isOn() {
  return root.classList.contains("projector");
}

/** @param {EventTarget | null} target */
function isPressable(target) {
  return target instanceof Element && target.matches("a, button, summary");
}

/**
 * @param {string} text
 * @param {() => void} action
 */
function addButton(text, action) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = text;
  button.addEventListener("click", action);
  controls.append(button);
  return button;
}

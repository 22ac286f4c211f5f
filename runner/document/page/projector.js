// The projector mode shows one thing at a time, in large type: a text, code or an output. What doesn't
// fit on the screen is in two columns, and then on more pages. A button or the key p begins and ends
// it. The arrow keys turn the page, like Page Up and Page Down, which a presenter's remote sends.

const root = document.documentElement;
/** A step has three. @type {HTMLElement[]} */
const slides = [...document.querySelectorAll(".screen")].flatMap((screen) => {
  const parts = [...screen.querySelectorAll(":scope > :is(.told, .code-part, .run-part)")];
  return [...(parts.length > 0 ? parts : [screen])].filter((one) => one instanceof HTMLElement);
});
for (const slide of slides) {
  slide.classList.add("slide");
  if (!headingOf(slide)) slide.prepend(makeTitle(slide));
}
let current = 0;
let page = 0;
/** Parts that the mode has collapsed, to save space. @type {HTMLDetailsElement[]} */
let closed = [];

const controls = document.createElement("div");
controls.className = "controls";
controls.role = "region";
controls.ariaLabel = "Projector";
const back = addButton("←", () => turn(-1));
back.ariaLabel = "Back";
const position = document.createElement("span");
position.className = "position";
controls.append(position);
const on = addButton("→", () => turn(1));
on.ariaLabel = "Next";
const toggle = addButton("Projector", enterOrLeave);
document.body.append(controls);
showControls();

// A key without Ctrl or Alt is easily pressed by mistake, or by speech input, so it can be switched
// off: https://www.w3.org/TR/WCAG22/#character-key-shortcuts
const KEY_CHOICE = "guide-projector-key";
const choice = document.createElement("input");
choice.type = "checkbox";
choice.checked = storedChoice() !== "off";
choice.ariaLabel = "The key p begins and ends the projector";
choice.addEventListener("change", () => storeChoice(choice.checked ? "on" : "off"));
const name = document.createElement("kbd");
name.textContent = "p";
const label = document.createElement("label");
label.title = choice.ariaLabel;
label.append(choice, "key ", name);
controls.append(label);

/** @type {Record<string, () => void>} */
const keys = {
  ArrowLeft: () => turn(-1),
  ArrowRight: () => turn(1),
  PageUp: () => turn(-1),
  PageDown: () => turn(1),
  " ": () => turn(1),
  Home: () => go(0),
  End: () => go(slides.length - 1),
  Escape: leave,
};

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const isChoice = event.key === "p" && choice.checked;
  const action = isChoice ? enterOrLeave : isOn() && keys[event.key];
  if (!action || (event.key === " " && isPressable(event.target))) return;
  event.preventDefault();
  action();
});

addEventListener("hashchange", () => {
  const id = decodeURIComponent(location.hash.slice(1));
  const target = slides.findIndex((slide) => screenOf(slide)?.id === id);
  if (isOn() && target !== -1) go(target);
});
// Code that changes the content of a slide sends this event too.
addEventListener("resize", () => {
  if (isOn()) layOut(page);
});

function enterOrLeave() {
  if (isOn()) leave();
  else enter();
}

/** Begins with the section that is being read, or, after a reload, with the slide that was shown. */
function enter() {
  const id = document.querySelector(".contents a[aria-current]")?.getAttribute("href")?.slice(1);
  root.classList.add("projector");
  closed = [...document.querySelectorAll("details")].filter(
    (details) => details.open && details.closest(".step"),
  );
  for (const details of closed) details.open = false;
  const first = slides.findIndex((slide) => screenOf(slide)?.id === id);
  go(history.state?.slide ?? Math.max(0, first));
}

function leave() {
  root.classList.remove("projector");
  for (const details of closed) details.open = true;
  for (const slide of slides) headingOf(slide)?.removeAttribute("aria-level");
  history.replaceState(null, "", location.href);
  showControls();
  slides[current]?.scrollIntoView({ behavior: "instant" });
  toggle.focus({ preventScroll: true });
}

/** @param {number} index @param {"first" | "last"} [at] on which of its pages */
function go(index, at = "first") {
  const slide = slides[index];
  if (!slide) return;
  current = index;
  for (const one of slides) one.classList.toggle("shown", one === slide);
  const screen = screenOf(slide);
  for (const one of document.querySelectorAll(".screen")) {
    one.classList.toggle("current", one === screen);
  }
  const url = new URL(location.href);
  url.hash = screen?.id ?? "";
  history.replaceState({ slide: index }, "", url);
  scrollTo({ top: 0, behavior: "instant" });
  layOut(at === "first" ? 0 : Number.POSITIVE_INFINITY);

  // A screen reader goes on from here. The heading of the only visible section is of level 1.
  const heading = headingOf(slide);
  if (!heading) return;
  heading.ariaLevel = "1";
  heading.tabIndex = -1;
  heading.dataset.landing = "";
  heading.focus({ preventScroll: true });
}

/** Uses larger type if there is room, one column, or two if one is not enough. @param {number} wanted a page; the last one at most */
function layOut(wanted) {
  const slide = slides[current];
  if (!slide) return;
  slide.classList.remove("columns");
  slide.classList.add("large");
  if (pagesOf(slide) > 1) slide.classList.remove("large");
  slide.classList.toggle("columns", pagesOf(slide) > 1);
  show(Math.min(wanted, pagesOf(slide) - 1));
}

/** The distance from one page to the next. @param {HTMLElement} slide */
function strideOf(slide) {
  return slide.clientWidth + Number.parseFloat(getComputedStyle(slide).columnGap);
}

/** Columns that don't fit are to the right, outside the screen. @param {HTMLElement} slide */
function pagesOf(slide) {
  const beyond = slide.scrollWidth - slide.clientWidth;
  return 1 + Math.max(0, Math.ceil((beyond - 1) / strideOf(slide)));
}

/** @param {number} wanted a page of the slide */
function show(wanted) {
  const slide = slides[current];
  if (!slide) return;
  page = wanted;
  slide.scrollLeft = page * strideOf(slide);
  showControls();
}

/** @param {1 | -1} direction */
function turn(direction) {
  const slide = slides[current];
  const next = page + direction;
  if (slide && next >= 0 && next < pagesOf(slide)) show(next);
  else go(current + direction, direction === 1 ? "first" : "last");
}

/** @param {Element} slide */
function screenOf(slide) {
  return slide.closest(".screen");
}

/** @param {Element} slide @returns {HTMLElement | null} */
function headingOf(slide) {
  return slide.querySelector("h1, h2, h3, .slide-title");
}

/** Makes a heading for a part of a step, for screen readers. @param {Element} slide */
function makeTitle(slide) {
  const what = slide.matches(".code-part") ? "code" : "output";
  const title = document.createElement("p");
  title.role = "heading";
  title.className = "slide-title unseen";
  title.textContent = `${screenOf(slide)?.querySelector("h2")?.textContent}: ${what}`;
  return title;
}

function showControls() {
  for (const part of [back, position, on]) part.hidden = !isOn();
  const slide = slides[current];
  const pages = slide && isOn() ? pagesOf(slide) : 1;
  back.disabled = current === 0 && page === 0;
  on.disabled = current === slides.length - 1 && page >= pages - 1;
  const ofPages = pages > 1 ? ` (${page + 1} of ${pages})` : "";
  position.textContent = `${current + 1} / ${slides.length}${ofPages}`;
  toggle.ariaPressed = String(isOn());
}

function isOn() {
  return root.classList.contains("projector");
}

/** @param {EventTarget | null} target */
function isPressable(target) {
  return target instanceof Element && target.matches("a, button, summary, input, [role=tab]");
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

function storedChoice() {
  try {
    return localStorage.getItem(KEY_CHOICE);
  } catch {
    return null;
  }
}

/** @param {string} value */
function storeChoice(value) {
  try {
    localStorage.setItem(KEY_CHOICE, value);
  } catch {
    // A browser may refuse to store anything. The choice then lasts until the page is closed.
  }
}

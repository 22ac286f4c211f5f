// While the reader scrolls: the contents show which section is being read, and a block of code that
// is wider than the page can have the focus. While the reader prints: collapsed parts are open.

const wide = matchMedia("(min-width: 68rem)");
const contents = document.querySelector(".contents");
const list = contents?.querySelector("details");
const links = [...(contents?.querySelectorAll("a") ?? [])];
const screens = [...document.querySelectorAll(".screen")];

// The section that is being read is the last one whose top is above a line at a quarter of the
// window's height.
/** @type {Set<Element>} */
const aboveLine = new Set();
const readingLine = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) aboveLine.add(target);
      else aboveLine.delete(target);
    }
    const reading = screens.findLast((screen) => aboveLine.has(screen));
    if (reading) showInContents(reading.id);
  },
  { rootMargin: "-15% 0px -75% 0px" },
);
for (const screen of screens) readingLine.observe(screen);

/** @param {string} id of a section; the title of the page has no entry */
function showInContents(id) {
  for (const link of links) {
    const isCurrent = link.hash === `#${id}`;
    link.ariaCurrent = isCurrent ? "location" : null;
    if (isCurrent) keepInView(link);
  }
}

/** Scrolls the contents, but not the page. @param {HTMLElement} link */
function keepInView(link) {
  if (!contents || !wide.matches) return;
  const { top, bottom } = link.getBoundingClientRect();
  const height = contents.clientHeight;
  if (top < 0) contents.scrollTop += top - height / 3;
  if (bottom > height) contents.scrollTop += bottom - height * (2 / 3);
}

// Above the guide, an open list would push it off the screen.
function collapseIfNarrow() {
  if (list) list.open = wide.matches;
}
wide.addEventListener("change", collapseIfNarrow);
collapseIfNarrow();

// With the focus, the arrow keys scroll a wide block.
const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.setAttribute("tabindex", "0");
    else target.removeAttribute("tabindex");
  }
});
for (const block of document.querySelectorAll("pre")) sizes.observe(block);

/** @type {HTMLDetailsElement[]} */
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details")].filter(({ open }) => !open);
  for (const details of opened) details.open = true;
});
addEventListener("afterprint", () => {
  for (const details of opened) details.open = false;
});

// Marks in the contents which section is being read: the last one that has come up to the line at a
// quarter of the window's height.

const wide = matchMedia("(min-width: 68rem)");
const contents = document.querySelector(".contents");
const fold = contents?.querySelector("details");
const links = [...(contents?.querySelectorAll("a") ?? [])];
const screens = [...document.querySelectorAll(".screen")];
/** @type {Set<Element>} */
const atTheLine = new Set();

const observer = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) atTheLine.add(target);
      else atTheLine.delete(target);
    }
    const reading = screens.findLast((screen) => atTheLine.has(screen));
    if (reading) mark(reading.id);
  },
  { rootMargin: "-15% 0px -75% 0px" },
);
for (const screen of screens) observer.observe(screen);

/** @param {string} id of a section; the cover has no entry */
function mark(id) {
  for (const link of links) {
    if (link.hash === `#${id}`) {
      link.ariaCurrent = "location";
      keepInView(link);
    } else {
      link.ariaCurrent = null;
    }
  }
}

/** Scrolls the contents, and never the page. @param {HTMLElement} link */
function keepInView(link) {
  if (!contents || !wide.matches) return;
  const { top, bottom } = link.getBoundingClientRect();
  const height = contents.clientHeight;
  if (top < 0) contents.scrollTop += top - height / 3;
  if (bottom > height) contents.scrollTop += bottom - height * (2 / 3);
}

// Beside the guide, the contents are open. Above it, they would push it off the screen.
function foldWhereNarrow() {
  if (fold) fold.open = wide.matches;
}
wide.addEventListener("change", foldWhereNarrow);
foldWhereNarrow();

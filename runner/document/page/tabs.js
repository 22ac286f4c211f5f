// Makes tabs of the blocks that have a part for each library. A choice in one of them applies to all,
// and is stored for the next visit. The pattern: https://www.w3.org/WAI/ARIA/apg/patterns/tabs/

const KEY = "guide-library";

const groups = [...document.querySelectorAll(".panels")].map(makeTabs);
choose(storedLibrary() ?? "");

/** @param {Element} group */
function makeTabs(group) {
  const panels = [...group.querySelectorAll(":scope > .panel")].filter(isPanel);
  // With only one library, there is nothing to choose.
  if (panels.length < 2) return { panels, tabs: [] };

  const list = document.createElement("div");
  list.role = "tablist";
  list.ariaLabel = "Library";
  const tabs = panels.map((panel) => {
    const tab = document.createElement("button");
    tab.type = "button";
    tab.role = "tab";
    tab.id = `${panel.id}.tab`;
    tab.textContent = panel.querySelector(".panel-name")?.textContent ?? "";
    tab.setAttribute("aria-controls", panel.id);
    tab.addEventListener("click", () => chooseAt(list, panel.dataset.choice ?? ""));
    panel.role = "tabpanel";
    panel.setAttribute("aria-labelledby", tab.id);
    return tab;
  });
  list.append(...tabs);
  list.addEventListener("keydown", (event) => moveFocus(event, tabs));
  group.classList.add("tabs");
  group.prepend(list);
  return { panels, tabs };
}

/** @param {Element} element @returns {element is HTMLElement} */
function isPanel(element) {
  return element instanceof HTMLElement;
}

/**
 * Arrow keys choose the next tab, and after the last one, the first.
 * @param {KeyboardEvent} event
 * @param {HTMLButtonElement[]} tabs
 */
function moveFocus(event, tabs) {
  const at = tabs.findIndex((tab) => tab.tabIndex === 0);
  const last = tabs.length - 1;
  /** @type {Record<string, number>} */
  const targets = {
    ArrowLeft: at > 0 ? at - 1 : last,
    ArrowRight: at < last ? at + 1 : 0,
    Home: 0,
    End: last,
  };
  const tab = tabs[targets[event.key] ?? -1];
  if (!tab || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  tab.focus();
  tab.click();
}

/**
 * Chooses a library. The tabs stay where they are on the screen, though blocks above them change too.
 * @param {Element} list the tabs that the reader used
 * @param {string} library
 */
function chooseAt(list, library) {
  const before = list.getBoundingClientRect().top;
  choose(library);
  window.scrollBy({ top: list.getBoundingClientRect().top - before, behavior: "instant" });
  try {
    localStorage.setItem(KEY, library);
  } catch {
    // A browser may refuse to store anything. The choice then lasts until the page is closed.
  }
}

/** @param {string} library a block without it shows its first library */
function choose(library) {
  for (const { panels, tabs } of groups) {
    const found = panels.findIndex((panel) => panel.dataset.choice === library);
    const chosen = Math.max(found, 0);
    for (const [index, tab] of tabs.entries()) {
      tab.ariaSelected = String(index === chosen);
      tab.tabIndex = index === chosen ? 0 : -1;
    }
    for (const [index, panel] of panels.entries()) panel.hidden = index !== chosen;
  }
}

function storedLibrary() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

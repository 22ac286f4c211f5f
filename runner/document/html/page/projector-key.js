// The key p begins and ends the projector. A key without Ctrl or Alt can be pressed by mistake, or by
// speech: so it can be switched off. https://www.w3.org/TR/WCAG22/#character-key-shortcuts

const CHOICE = "guide-projector-key";
const controls = document.querySelector(".controls");
const toggle = controls?.querySelector("button[aria-pressed]");

const choice = document.createElement("input");
choice.type = "checkbox";
choice.checked = remembered() !== "off";
choice.ariaLabel = "The key p begins and ends the projector";
choice.addEventListener("change", () => remember(choice.checked ? "on" : "off"));
const name = document.createElement("kbd");
name.textContent = "p";
const label = document.createElement("label");
label.title = choice.ariaLabel;
label.append(choice, "key ", name);
controls?.append(label);

addEventListener("keydown", (event) => {
  if (event.key !== "p" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.defaultPrevented || !choice.checked || !(toggle instanceof HTMLElement)) return;
  event.preventDefault();
  toggle.click();
});

function remembered() {
  try {
    return localStorage.getItem(CHOICE);
  } catch {
    return null;
  }
}

/** @param {string} value */
function remember(value) {
  try {
    localStorage.setItem(CHOICE, value);
  } catch {
    // A browser may refuse to store anything. Then the choice lasts as long as the page.
  }
}

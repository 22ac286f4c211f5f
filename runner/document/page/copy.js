// Adds a button to each block of code that copies it.

/** Milliseconds. */
const SHOWN = 2000;

// Tells a screen reader what has happened.
const status = document.createElement("p");
status.role = "status";
status.className = "unseen";
document.body.append(status);

for (const figure of document.querySelectorAll("figure.code")) {
  const code = figure.querySelector("code")?.textContent?.trimEnd() ?? "";
  const caption = figure.querySelector("figcaption")?.textContent ?? code.split("\n")[0];
  const label = document.createElement("span");
  const what = document.createElement("span");
  what.className = "unseen";
  what.textContent = ` ${caption}`;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.append(label, what);
  figure.append(button);

  const show = (/** @type {string} */ text) => {
    label.textContent = text;
  };
  show("Copy");
  button.addEventListener("click", async () => {
    // The live page has another text there when the reader writes a version.
    const written = figure instanceof HTMLElement ? figure.dataset.text : undefined;
    const result = (await copy(written ?? code)) ? "Copied" : "Not allowed";
    show(result);
    status.textContent = result;
    setTimeout(() => {
      show("Copy");
      status.textContent = "";
    }, SHOWN);
  });
}

/** @param {string} text @returns {Promise<boolean>} false if the browser does not allow it */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyOldWay(text);
  }
}

/**
 * Works without the clipboard API, which a page served without TLS does not have.
 * @param {string} text
 */
function copyOldWay(text) {
  const active = document.activeElement;
  const field = document.createElement("textarea");
  field.className = "unseen";
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (active instanceof HTMLElement) active.focus();
  return done;
}

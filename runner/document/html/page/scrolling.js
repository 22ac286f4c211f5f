// A block that is wider than its place scrolls sideways. Only such a block can have the focus, so
// that the arrow keys reach what does not show.

const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.setAttribute("tabindex", "0");
    else target.removeAttribute("tabindex");
  }
});
for (const block of document.querySelectorAll("pre")) sizes.observe(block);

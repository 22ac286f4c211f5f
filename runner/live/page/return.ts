// A page that is loaded anew, because a file was saved, goes on where it was.

const KEY = "guide-place";

export function reloadInPlace(): void {
  const isProjected = document.documentElement.classList.contains("projector");
  sessionStorage.setItem(KEY, JSON.stringify({ isProjected, y: scrollY }));
  location.reload();
}

export function returnToPlace(): void {
  const text = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  if (text === null) return;
  const { isProjected, y }: { isProjected: boolean; y: number } = JSON.parse(text);
  if (isProjected) dispatchEvent(new KeyboardEvent("keydown", { key: "p" }));
  else scrollTo({ top: y, behavior: "instant" });
}

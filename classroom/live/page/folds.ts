/** The clients whose statements the reader has opened in a run's place. It goes on to know them. */
export function openedIn(place: Element): ReadonlySet<string> {
  const opened = new Set<string>();
  const onToggle = ({ target }: Event) => {
    const run = target instanceof Element && target.closest("[data-client]");
    if (!(target instanceof HTMLDetailsElement && run instanceof HTMLElement)) return;
    const client = run.dataset.client ?? "";
    if (target.open) opened.add(client);
    else opened.delete(client);
    dispatchEvent(new Event("resize")); // the projector lays out what it shows
  };
  place.addEventListener("toggle", onToggle, { capture: true }); // it does not bubble
  return opened;
}

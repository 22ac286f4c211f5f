/**
 * Makes ids that are unique in a document, from titles.
 * @param taken ids that are given away already
 * @returns makes an id of letters, digits, `-` and `_`; one that is taken gets a number behind it
 */
export function uniqueIds(taken: Iterable<string> = []): (title: string) => string {
  const used = new Set(taken);
  return (title) => {
    const words = title.normalize("NFKD").match(/[a-zA-Z0-9_]+/g) ?? ["part"];
    const base = words.join("-").toLowerCase().slice(0, LONGEST);
    let id = base;
    for (let number = 2; used.has(id); number++) id = `${base}-${number}`;
    used.add(id);
    return id;
  };
}

/** nbformat's limit for a cell's id is 64, and a number may follow. */
const LONGEST = 56;

import { button, element } from "./elements.ts";

/** With fewer rows, there is nothing to look for. */
const FILTERED_FROM = 4;
const MOST_UNBROKEN = 5;

/**
 * Makes a table whose rows can be sorted by a column, and filtered by a text.
 * @param first the heading of a column in front, which is not sorted
 */
export function sortableTable(
  label: string,
  columns: readonly string[],
  rows: readonly HTMLTableRowElement[],
  first?: HTMLTableCellElement,
) {
  const body = element("tbody", "", ...rows);
  const before = first ? 1 : 0;
  let sorted = -1;
  let direction: "ascending" | "descending" | "none" = "none";

  const heads = columns.map((column, index) => {
    const cell = element("th");
    cell.scope = "col";
    cell.append(
      button("", () => {
        const next = { none: "ascending", ascending: "descending", descending: "none" } as const;
        direction = sorted === index ? next[direction] : "ascending";
        sorted = index;
        for (const head of heads) head.ariaSort = head === cell ? direction : "none";
        body.replaceChildren(...inOrder(rows, index + before, direction));
      }),
    );
    cell.querySelector("button")?.append(...breakable(column));
    return cell;
  });
  const head = element("thead", "", element("tr", "", ...(first ? [first] : []), ...heads));
  // On a phone, so many columns fit only if their names are broken.
  const size = columns.length > MOST_UNBROKEN ? "many" : "";
  const scroller = element("div", "scroller", element("table", size, head, body));
  scroller.tabIndex = 0;
  scroller.role = "group";
  scroller.ariaLabel = label;
  return { scroller, filter: rows.length < FILTERED_FROM ? [] : [filterField(label, rows)] };
}

/** A narrow screen may break a name after an underscore. */
function breakable(name: string): (Node | string)[] {
  return name
    .split(/(?<=_)/)
    .flatMap((part, index) => (index > 0 ? [document.createElement("wbr"), part] : [part]));
}

function filterField(label: string, rows: readonly HTMLTableRowElement[]): HTMLElement {
  const field = element("input", "filter");
  field.type = "search";
  field.placeholder = "Filter";
  field.ariaLabel = `Show only the rows with this text: ${label}`;
  field.addEventListener("keydown", (event) => event.stopPropagation()); // the page has keys of its own
  field.addEventListener("input", () => {
    const wanted = field.value.toLowerCase();
    for (const row of rows) row.hidden = !row.textContent?.toLowerCase().includes(wanted);
  });
  return field;
}

/** NULL comes last, as in PostgreSQL. Numbers are compared as numbers. */
function inOrder(
  rows: readonly HTMLTableRowElement[],
  column: number,
  direction: "ascending" | "descending" | "none",
): readonly HTMLTableRowElement[] {
  if (direction === "none") return rows;
  const keyed = rows.map((row) => ({ row, key: keyOf(row.cells[column]) }));
  keyed.sort((a, b) => compare(a.key, b.key));
  const ordered = keyed.map(({ row }) => row);
  return direction === "ascending" ? ordered : ordered.reverse();
}

/** @returns undefined for NULL. Of a cell that changed, the new value counts */
function keyOf(cell: HTMLTableCellElement | undefined): string | undefined {
  const now = cell?.querySelector("ins") ?? cell;
  return now?.querySelector(".null") ? undefined : (now?.textContent ?? "");
}

function compare(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  const [x, y] = [Number(a), Number(b)];
  const areNumbers = a.trim() !== "" && b.trim() !== "" && !Number.isNaN(x) && !Number.isNaN(y);
  return areNumbers ? x - y : a.localeCompare(b);
}

/** A value of a cell. NULL and an empty text can be told from other texts. */
export function value(cell: string | null): HTMLElement | string {
  if (cell === null) return element("em", "null", "NULL");
  return cell === "" ? element("em", "empty", "empty") : cell;
}

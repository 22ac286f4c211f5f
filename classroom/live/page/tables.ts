import type { ClientResult, RowNow, TableNow } from "../messages.ts";
import { element } from "./elements.ts";

/** The tables of a client's database after a run, with what the run did to their rows. */
export function tableFigures({ tables, unshown }: ClientResult): HTMLElement[] {
  const notes = unshown.map((text) => element("p", "unshown", text));
  return [...tables.map(tableFigure), ...notes];
}

function tableFigure(table: TableNow): HTMLElement {
  const { name, columns, moreColumns, rows, moreRows, isGone } = table;
  const counts = isGone ? "dropped" : countsOf(rows);
  const caption = element(
    "figcaption",
    "",
    element("span", "title", `Table ${name}`),
    element("span", "counts", counts),
  );
  const names = columns.map((column) => {
    const cell = element("th", "", column);
    cell.scope = "col";
    return cell;
  });
  const mark = element("th", "", element("span", "unseen", "What changed"));
  const head = element("thead", "", element("tr", "", mark, ...names));
  const body = element("tbody", "", ...rows.map(rowOf));
  const more = [
    moreRows > 0 ? `${moreRows} more row${moreRows === 1 ? "" : "s"}` : "",
    moreColumns > 0 ? `${moreColumns} more column${moreColumns === 1 ? "" : "s"}` : "",
  ].filter(Boolean);
  const scroller = element("div", "scroller", element("table", "", head, body));
  scroller.tabIndex = 0;
  scroller.role = "group";
  scroller.ariaLabel = `Table ${name}`;
  const rest = more.length > 0 ? [element("p", "unshown", `… ${more.join(", ")}`)] : [];
  return element("figure", `table${isGone ? " gone" : ""}`, caption, scroller, ...rest);
}

const marks = {
  same: ["", "as before"],
  came: ["+", "new"],
  changed: ["~", "changed"],
  went: ["−", "deleted"],
} as const;

function rowOf({ mark, cells, before }: RowNow): HTMLElement {
  const [sign, word] = marks[mark];
  const first = element("th", "", sign, element("span", "unseen", ` ${word}`));
  first.scope = "row";
  const values = cells.map((cell, index) => {
    const was = before?.[index];
    if (!before || was === cell) return element("td", "", value(cell));
    const old = element("del", "", value(was ?? null));
    return element("td", "", old, " ", element("ins", "", value(cell)));
  });
  return element("tr", mark, first, ...values);
}

function value(cell: string | null): HTMLElement | string {
  return cell === null ? element("em", "", "NULL") : cell;
}

function countsOf(rows: readonly RowNow[]): string {
  const parts = (["came", "changed", "went"] as const).flatMap((mark) => {
    const count = rows.filter((row) => row.mark === mark).length;
    return count > 0 ? [`${count} ${marks[mark][1]}`] : [];
  });
  return parts.join(", ") || (rows.length === 0 ? "empty" : "as before");
}

import type { ChangedRow, ChangedTable } from "../../tables/changed-table.ts";
import type { ClientResult } from "../messages.ts";
import { counted, element } from "./elements.ts";
import { sortableTable, value } from "./sortable-table.ts";

/** The tables of a client's database after a run, with what the run changed. */
export function tableFigures({
  tables,
  unshown,
}: Pick<ClientResult, "tables" | "unshown">): HTMLElement[] {
  return [...tables.map(tableFigure), ...unshown.map((text) => element("p", "unshown", text))];
}

function tableFigure(table: ChangedTable): HTMLElement {
  const { name, columns, moreColumns, rows, moreRows, isDropped } = table;
  const counts = element("span", "counts", isDropped ? "dropped" : countsOf(rows));
  const caption = element("figcaption", "", element("span", "title", `Table ${name}`), counts);
  const first = element("th", "", element("span", "unseen", "What changed"));
  const { filter, scroller } = sortableTable(`Table ${name}`, columns, rows.map(rowElement), first);
  const more = [
    moreRows > 0 ? counted(moreRows, "more row") : "",
    moreColumns > 0 ? counted(moreColumns, "more column") : "",
  ].filter(Boolean);
  const rest = more.length > 0 ? [element("p", "unshown", `… ${more.join(", ")}`)] : [];
  return element("figure", "table", caption, ...filter, scroller, ...rest);
}

const labels = {
  none: ["", "unchanged"],
  added: ["+", "new"],
  changed: ["~", "changed"],
  deleted: ["−", "deleted"],
} as const;

function rowElement({ change, cells, before }: ChangedRow): HTMLTableRowElement {
  const [sign, word] = labels[change];
  const first = element("th", "", sign, element("span", "unseen", ` ${word}`));
  first.scope = "row";
  const values = cells.map((cell, index) => {
    const was = before?.[index];
    if (!before || was === cell) return element("td", "", value(cell));
    const old = element("del", "", value(was ?? null));
    return element("td", "", old, " ", element("ins", "", value(cell)));
  });
  return element("tr", change, first, ...values);
}

/** Says how many rows changed. */
export function countsOf(rows: readonly ChangedRow[]): string {
  const parts = (["added", "changed", "deleted"] as const).flatMap((change) => {
    const count = rows.filter((row) => row.change === change).length;
    return count > 0 ? [`${count} ${labels[change][1]}`] : [];
  });
  return parts.join(", ") || (rows.length === 0 ? "empty" : "unchanged");
}

import { color } from "../../runner/common/color.ts";
import { visible } from "../../runner/common/visible.ts";
import { count, listed } from "../../runner/common/words.ts";
import type { Run } from "../../runner/guide/guide.ts";
import { cutToRow } from "../common/screen.ts";
import type { ChangedTable } from "../tables/changed-table.ts";
import { type Notebook, widthOf } from "./reader.ts";

/** What a reader typed at the list of the runs. Runs are named by their index. */
export type ListChoice =
  | { readonly kind: "tables"; readonly after: number; readonly since: number }
  | { readonly kind: "back"; readonly run: number }
  | { readonly kind: "end" };

/**
 * Shows the list of the runs, and the tables after those that the reader chooses.
 * @returns the index of the run to go back to, if the reader wants to
 */
export async function browseTables(notebook: Notebook): Promise<number | undefined> {
  const { stepper, screen } = notebook;
  const runs = stepper.judged.map(({ run }) => run);
  if (runs.length === 0) {
    screen.write(`${color.dim("Nothing has run yet.")}\n`);
    return undefined;
  }
  const last = runs.length - 1;
  screen.write(`\n${await listOf(notebook, runs)}\n\n`);
  let choice: ListChoice | undefined = { kind: "tables", after: last, since: last - 1 };
  for (;;) {
    if (choice?.kind === "end") return undefined;
    if (choice?.kind === "back") return choice.run;
    screen.write(choice ? `${await tablesText(notebook, choice)}\n\n` : `${help}\n`);
    screen.write(`${color.dim(prompt)} `);
    choice = readChoice(await readLine(notebook), runs.length);
  }
}

const prompt = "2 shows a run, 1-2 compares two, b2 goes back; Enter goes on:";
const FEWEST_LISTED = 4;
const help =
  "Type 2 for the tables after run 2, 2-5 for what changed from run 2 to run 5 (0 is the beginning), or b2 to go back to before run 2.";

/**
 * Reads what was typed.
 * @param runs how many there are to choose from
 * @returns undefined if it is not a choice
 */
export function readChoice(text: string, runs: number): ListChoice | undefined {
  if (text === "" || text === "q") return { kind: "end" };
  const [, back = "", first = "", second] = /^(b?)(\d{1,4})(?:-(\d{1,4}))?$/.exec(text) ?? [];
  const [from, to] = [Number(first), Number(second ?? first)];
  if (first === "" || Math.max(from, to) > runs) return undefined;
  if (back !== "")
    return second === undefined && from > 0 ? { kind: "back", run: from - 1 } : undefined;
  if (second !== undefined) return { kind: "tables", after: to - 1, since: from - 1 };
  return from > 0 ? { kind: "tables", after: from - 1, since: from - 2 } : undefined;
}

async function readLine({ keys, screen, signal }: Notebook): Promise<string> {
  /** What is pasted comes at once. */
  const pressed: string[] = [];
  const unlisten = keys.listen((key) => pressed.push(key));
  let text = "";
  for (;;) {
    const key = pressed.shift() ?? (await keys.next(signal));
    if (key === "return" || key === "enter") break;
    if (key === "backspace" && text !== "") {
      text = text.slice(0, -1);
      screen.write("\b \b");
    } else if (/^[\w-]$/.test(key)) {
      text += key;
      screen.write(key);
    }
  }
  unlisten();
  screen.write("\n\n");
  return text;
}

/** The runs, with how many rows each changed: as many of the last ones as fit above a table. */
async function listOf({ tables, chosen, screen }: Notebook, runs: readonly Run[]): Promise<string> {
  const [client = ""] = chosen.clients;
  const shown = runs.slice(-Math.max(FEWEST_LISTED, Math.floor(screen.size().height / 2)));
  const hidden = runs.length - shown.length;
  const lines = shown.map(async ({ index, name }) => {
    const changes = await tables.changes(client, index, index - 1);
    return `${String(index + 1).padStart(3)}  ${visible(name)}  ${color.dim(changes ? countsOf(changes) : "not known")}`;
  });
  const before = hidden > 0 ? [color.dim(`  1-${hidden} are not listed: type their numbers.`)] : [];
  return [...before, ...(await Promise.all(lines))].join("\n");
}

/** Says how many rows came, went and changed. */
export function countsOf(tables: readonly ChangedTable[]): string {
  const rows = tables.flatMap((table) => table.rows);
  const parts = (["added", "changed", "deleted"] as const).flatMap((change) => {
    const count = rows.filter((row) => row.change === change).length;
    return count > 0 ? [`${signs[change]}${count}`] : [];
  });
  return parts.join(" ") || "no row changed";
}

/** The tables of each client. Clients with the same ones are shown once. */
async function tablesText(
  { tables, chosen, screen }: Notebook,
  { after, since }: Extract<ListChoice, { kind: "tables" }>,
): Promise<string> {
  const groups = new Map<string, string[]>();
  for (const client of chosen.clients) {
    const changes = await tables.changes(client, after, since);
    const text = changes ? tableTexts(changes, widthOf(screen)) : "The tables are not known.";
    groups.set(text, [...(groups.get(text) ?? []), client]);
  }
  const when = `After run ${after + 1}`;
  const compared =
    since === after - 1
      ? ""
      : `, compared with ${since < 0 ? "the beginning" : `run ${since + 1}`}`;
  return [...groups]
    .map(([text, clients]) => `${color.bold(`${when}${compared}: ${listed(clients)}`)}\n\n${text}`)
    .join("\n\n");
}

const signs = { none: " ", added: "+", changed: "~", deleted: "-" } as const;
const paints = {
  none: (text: string) => text,
  added: color.green,
  changed: color.yellow,
  deleted: color.red,
};

/** Draws tables as text, with a sign at each row that changed. */
export function tableTexts(tables: readonly ChangedTable[], width: number): string {
  if (tables.length === 0) return "There is no table.";
  return tables.map((table) => tableText(table, width)).join("\n\n");
}

function tableText(
  { name, columns, rows, moreRows, isDropped }: ChangedTable,
  width: number,
): string {
  const cells = rows.map(({ cells: now, before }) =>
    now.map((cell, index) => {
      const was = before?.[index];
      return before && was !== cell ? `${shown(was ?? null)} → ${shown(cell)}` : shown(cell);
    }),
  );
  const widths = columns.map((column, index) =>
    Math.max(visible(column).length, ...cells.map((row) => row[index]?.length ?? 0)),
  );
  const lineOf = (texts: readonly string[]) =>
    texts.map((text, index) => text.padEnd(widths[index] ?? 0)).join("  ");
  const lines = rows.map(({ change }, index) =>
    paints[change](cutToRow(`${signs[change]} ${lineOf(cells[index] ?? [])}`.trimEnd(), width)),
  );
  const head = color.dim(cutToRow(`  ${lineOf(columns.map(visible))}`.trimEnd(), width));
  const more = moreRows > 0 ? [color.dim(`… ${count(moreRows, "more row")}`)] : [];
  return [`Table ${visible(name)}${isDropped ? ", dropped" : ""}`, head, ...lines, ...more].join(
    "\n",
  );
}

function shown(cell: string | null): string {
  return cell === null ? "NULL" : visible(cell).replaceAll("\n", "\\n");
}

import type { Asked, DoneState } from "../messages.ts";
import type { Schema, TextEditor } from "./editor/editor.ts";
import { button, counted, element, layOutProjector, option } from "./elements.ts";
import { loadEditor } from "./load-editor.ts";
import { messageOf, question } from "./server.ts";
import { sortableTable, value } from "./sortable-table.ts";

/**
 * Adds a field for SQL of the reader's to the panel of a client.
 * @param run the index of the run after which the database is asked
 */
export function openAskField(panel: HTMLElement, client: string, run: number, name: string) {
  const title = panel.querySelector(".panel-name")?.textContent ?? client;
  const details = element("details", "ask");
  details.append(element("summary", "", "Ask the database"));
  details.hidden = true;
  panel.append(details);
  let schema: Schema = {};
  let editor: Promise<TextEditor> | undefined;
  const result = element("div", "asked");
  result.role = "status";

  details.addEventListener("toggle", () => {
    if (details.open) {
      editor ??= open();
      // Otherwise the first space that the reader types closes it again.
      void editor.then((opened) => opened.focus());
    }
    layOutProjector();
  });

  async function open(): Promise<TextEditor> {
    const host = element("div", "editor");
    const ask = button("Ask", askNow);
    ask.title = "Shift+Enter";
    const history = element("select", "history");
    history.ariaLabel = "Asked before";
    history.addEventListener("change", async () => {
      (await editor)?.setText(history.value);
      (await editor)?.focus();
    });
    const hint = `As it is after ${name}, with ${title}. What you change is rolled back.`;
    const bar = element("div", "editor-bar", ask, history, element("span", "note", hint));
    details.append(host, bar, result);
    const [openEditor] = await Promise.all([loadEditor(), showHistory(history)]);
    return openEditor(host, {
      text: firstQuery(schema),
      language: "sql",
      label: `SQL for the database of ${title} after ${name}. Escape, then Tab, leaves the editor.`,
      isShort: true,
      schema,
      onChange: () => {},
      onRun: askNow,
    });
  }

  async function askNow(): Promise<void> {
    const opened = await editor;
    if (!opened) return;
    result.replaceChildren("Asking …");
    opened.setProblems([]);
    try {
      const answer = await question({ kind: "database", run, client, statement: opened.text });
      result.replaceChildren(...answerElements(answer));
      if (answer.kind === "refused") {
        const { line, column, message: text } = answer;
        opened.setProblems([{ line, column, text, isError: true }]);
      }
    } catch (error) {
      result.replaceChildren(element("p", "unshown", messageOf(error)));
    }
    const history = details.querySelector("select");
    if (history) await showHistory(history);
  }

  return {
    /** @param state undefined while there is no result */
    show(state: DoneState | undefined) {
      details.hidden = state === undefined;
      const own = state?.clients.find((one) => one.client === client);
      if (!own) return;
      schema = Object.fromEntries(own.tables.map((table) => [table.name, [...table.columns]]));
      void editor?.then((opened) => opened.setSchema(schema));
    },
  };
}

function firstQuery(schema: Schema): string {
  const [table] = Object.keys(schema);
  return table ? `SELECT * FROM ${table}` : "SELECT now()";
}

async function showHistory(select: HTMLSelectElement): Promise<void> {
  const asked = await question({ kind: "history" }).catch(() => []);
  const options = asked.map((one) => option(one.replace(/\s+/g, " ").slice(0, 80), one));
  const head = option("Asked before", "");
  head.disabled = true;
  head.selected = true;
  select.replaceChildren(head, ...options);
  select.hidden = options.length === 0;
}

function answerElements(answer: Asked): HTMLElement[] {
  if (answer.kind === "refused") {
    const where = answer.line > 0 ? `Line ${answer.line}, column ${answer.column}: ` : "";
    return [element("p", "refused", `${where}${answer.message}`)];
  }
  const { columns, rows, hasMore, count, command, duration } = answer;
  const rowCount = `${hasMore ? "The first " : ""}${counted(count, "row")}`;
  const what = columns.length > 0 ? rowCount : `${command || "Done"}: ${rowCount}`;
  const facts = element("p", "facts", `${what} · ${duration} ms`);
  if (columns.length === 0) return [facts];
  const cells = rows.map((row) =>
    element("tr", "", ...row.map((cell) => element("td", "", value(cell)))),
  );
  const { filter, scroller } = sortableTable("The answer", columns, cells);
  return [facts, element("figure", "table", ...filter, scroller)];
}

import { color } from "../../runner/common/color.ts";
import { highlight } from "../../runner/common/highlight.ts";
import { scriptsOf } from "../../runner/document/sources.ts";
import { lessonOf, loadClients } from "../../runner/guide/clients.ts";
import type { Guide, Step } from "../../runner/guide/guide.ts";

/** The step as a script of one's own, with each library: how one connects stands at its head. */
export async function codePage(guide: Guide, step: Step): Promise<string> {
  const parts: string[] = [];
  const lesson = lessonOf(guide, loadClients(guide));
  for (const { client, file, code, imports } of scriptsOf(guide, step, lesson, new Set())) {
    parts.push(color.bold(`${client.title}, in ${file}`));
    for (const one of [...imports, { code }]) parts.push(highlight(one.code));
  }
  return `${parts.join("\n\n")}\n\n`;
}

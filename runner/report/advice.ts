import { join, relative } from "node:path";
import type { Guide, Run } from "../guide/guide.ts";
import type { JudgedRun } from "../verify/judged-run.ts";

const isStandalone = (client: string) => client.startsWith("standalone/");

/**
 * What to do next about a run that does not match. Empty where there is nothing to say.
 * @param placeOf where one finds what a client ran
 */
export function adviceFor(
  guide: Guide,
  { run, golden, verdict, clients }: JudgedRun,
  placeOf = (client: string) => folderOf(guide, run, client),
): string {
  const places = (clients: readonly string[]) => [...new Set(clients.map(placeOf))].join(" and ");
  const names = clients.map(({ client }) => client);
  const choice = names.every(isStandalone) ? names.map((name) => ` --driver ${name}`) : [];
  const update = `${guide.command} --update${choice.join("")}`;
  switch (verdict) {
    case "drift":
      return `All clients agree. If this is what the guide should say: ${update}. If not, look at ${places(names)}.`;
    case "divergence": {
      const marker = `What is different each time gets a marker in ${golden.name}: [..]`;
      const wrong = clients.filter(({ diff }) => diff !== "").map(({ client }) => client);
      return wrong.some(isStandalone)
        ? `Not all print the same: look at ${places(wrong)}, whose output is not the documented one. ${marker}`
        : `The clients disagree, so a driver is wrong: look at the one whose output is not the documented one, in drivers/. ${marker}`;
    }
    case "error": {
      // Not the step by itself: without the steps before it, it finds no table.
      const failed = clients.find(({ outcome }) => outcome.kind === "failed")?.client;
      const step = run.isSetup ? "" : ` --step ${run.step.number}`;
      return `For a closer look: ${guide.command}${step} --driver ${failed}`;
    }
    case "missing":
      return `${golden.name} is ${golden.exists ? "empty" : "not there"}. Write it: ${update}`;
    case "match":
    case "skipped":
      return "";
  }
}

/** The step's file; for a standalone client, the folder that its script is in. */
function folderOf({ directory }: Guide, { step }: Run, client: string): string {
  const place = isStandalone(client) ? join(directory, client.replace(/\..*/, "")) : step.file;
  return relative(process.cwd(), place);
}

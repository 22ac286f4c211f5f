import type { PageOutput, Run } from "../guide/guide.ts";
import type { PageRun } from "./page.ts";

/** A run on its way: its output comes later on the page. */
export interface OpenRun {
  readonly run: Run;
  needs: PageRun;
  output: PageOutput;
  clients: readonly string[];
}

/** True for the same number of runs, with other clients. */
export function areOfOthers(before: readonly OpenRun[], now: readonly OpenRun[]): boolean {
  const done = before.flatMap(({ clients }) => clients);
  const isOther = now.every(({ clients }) => clients.every((client) => !done.includes(client)));
  return isOther && before.length === now.length;
}

/** Makes one run of the commands of two tabs. */
export function merge(one: OpenRun, other: OpenRun | undefined): void {
  if (!other || one.needs.kind !== "command" || other.needs.kind !== "command") return;
  const commands = new Map([...one.needs.commands, ...other.needs.commands]);
  one.needs = { ...other.needs, commands };
  one.clients = [...one.clients, ...other.clients];
}

/** One output below several commands is what they all print. */
export function joinOutput(runs: readonly OpenRun[]): void {
  const [first] = runs;
  const last = runs.at(-1);
  const shown = runs.filter(({ output }) => output.kind === "lines");
  if (!first || !last || first === last || shown.length !== 1 || shown[0] !== first) return;
  if (first.needs.kind !== "command" || last.needs.kind !== "command") return;
  const above = runs.slice(0, -1).map(({ run }) => run.name);
  const { output } = first;
  first.output = { ...last.output, name: output.name };
  last.output = output;
  last.needs = { ...last.needs, above, volatile: first.needs.volatile };
}

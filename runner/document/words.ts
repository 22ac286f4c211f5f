import type { AgainPart, ClientName, Document, Output, SharedPart } from "./document.ts";

// The sentences that the writers share. Names of code in them stand in backticks, as in Markdown.

/** Names in a sentence: "a", "a and b", "a, b and c". */
export function listed(names: readonly string[], conjunction = "and"): string {
  const last = names.at(-1) ?? "";
  if (names.length < 2) return last;
  return `${names.slice(0, -1).join(", ")} ${conjunction} ${last}`;
}

/** What is known about an output: who printed it, or that nobody was seen to. */
export function markOf(output: Output): string {
  const { verified, clients } = output;
  if (!verified) return "Not verified";
  return `${isOfSetup(output) ? "Run" : "Verified"} with ${listed(titlesOf(clients))}`;
}

/** A golden file is never empty: what is verified without one only prepares the ground. */
function isOfSetup({ verified, text }: Output): boolean {
  return verified && text === "";
}

/** A library is named once, whether its driver or its script printed it, or both. */
function titlesOf(clients: readonly ClientName[]): string[] {
  return [...new Set(clients.map(({ title }) => title))];
}

/** Says what an output without a verification is worth. */
export const unverifiedWarning = "No run has confirmed that the scripts print this.";
export const nothingPrinted = "There is no output of this run.";

export const sharedTitle = "The same for every driver";

export function sharedText({ drivers }: SharedPart): string {
  const titles = drivers.map(({ client }) => client.title);
  return `An application that may change its driver keeps the SQL apart from it. Here are the steps once
more, on one small interface, \`drivers/driver.ts\`, with ${listed(titles)} behind it. They print the
same as the scripts above.`;
}

export function againTitle({ step }: AgainPart): string {
  return `Run \`${step}\` again`;
}
export function againText({ after }: AgainPart): string {
  return `Now it shows what \`${after}\` has changed.`;
}

/** Introduces the changed lines. Undefined where there are none to be shown. */
export function changesText({ changes }: AgainPart): string | undefined {
  if (!changes) return undefined;
  return changes.length > 0
    ? "Compared with the last time:"
    : "This is what it printed the last time.";
}

/** The whole document's verification, in a sentence. */
export function summaryOf({ steps, clients }: Document): { text: string; allVerified: boolean } {
  const outputs = steps
    .flatMap(({ output, again }) => [output, ...again.map((one) => one.output)])
    .filter((output) => !isOfSetup(output));
  const unverified = outputs.filter(({ verified }) => !verified).length;
  if (unverified > 0) {
    return {
      text: `${unverified} of ${outputs.length} outputs are not verified`,
      allVerified: false,
    };
  }
  // An export may have been verified with some of the clients only.
  const all = new Map(
    [...clients, ...outputs.flatMap((one) => one.clients)].map((c) => [c.name, c]),
  );
  const everywhere = [...all.values()].filter(({ name }) =>
    outputs.every((output) => output.clients.some((one) => one.name === name)),
  );
  const names = listed(titlesOf(everywhere));
  return { text: `${outputs.length} outputs verified with ${names}`, allVerified: true };
}

import { listed } from "../common/words.ts";
import type { AgainPart, ClientName, Document, Output, RunPart, SharedPart } from "./document.ts";

// The sentences that all formats share. Names of code in them have backticks, as in Markdown.

/** Says which clients printed an output, or that it is not verified. */
export function verdictText(output: Output): string {
  if (!output.verified) return "Not verified";
  const verb = isOfSetup(output) ? "Run" : "Verified";
  return output.clients.length > 0 ? `${verb} with ${listed(titlesOf(output.clients))}` : verb;
}

/** Introduces what a run that fails as documented writes to stderr. Empty for one that does not fail. */
export function failureText({ stderr, exitCode }: RunPart): string {
  const code = exitCode === 0 ? "" : `exits with ${exitCode}`;
  const written = stderr === "" ? "" : "writes to stderr";
  if (written === "") return code && `It ${code}.`;
  return `It ${code && `${code}, and `}${written}:`;
}

/** A golden file is never empty. An empty output that is verified is that of a setup step. */
function isOfSetup({ verified, text }: Output): boolean {
  return verified && text === "";
}

/** Names a library once, even if both its driver and its script printed the output. */
function titlesOf(clients: readonly ClientName[]): string[] {
  return [...new Set(clients.map(({ title }) => title))];
}

/** The warning below an output that is not verified. */
export function unverifiedWarning({ text }: Output): string {
  return text === ""
    ? "This run has no output."
    : "No run has confirmed that the scripts print this.";
}

export const sharedTitle = "One interface for every driver";

export function sharedText({ drivers }: SharedPart): string {
  const titles = drivers.map(({ client }) => client.title);
  return `An application that may change its driver keeps the SQL apart from it. These are the same steps
on one small interface, \`drivers/driver.ts\`, which works with ${listed(titles)}. They print the same as
the scripts above.`;
}

export function againTitle({ step }: AgainPart): string {
  return `Run \`${step}\` again`;
}

export function againText({ after }: AgainPart): string {
  return `Now it shows what \`${after}\` has changed.`;
}

/** Introduces the changed lines. Undefined if the changes are not known. */
export function changesText({ changes }: AgainPart): string | undefined {
  if (!changes) return undefined;
  return changes.length > 0 ? "Compared with the last time:" : "It printed the same last time.";
}

/** Summarizes the whole document's verification in a sentence. */
export function summaryOf({ steps, clients }: Document): { text: string; allVerified: boolean } {
  const outputs = steps
    .flatMap(({ output, again }) => [output, ...again.map((one) => one.output)])
    .filter((output) => !isOfSetup(output));
  const unverified = outputs.filter(({ verified }) => !verified).length;
  if (unverified > 0) {
    const text = `${unverified} of ${outputs.length} outputs are not verified`;
    return { text, allVerified: false };
  }
  const ofClients = outputs.filter((one) => one.clients.length > 0);
  // Some clients may have printed a part of the outputs only.
  const all = [...clients, ...ofClients.flatMap((one) => one.clients)];
  const everywhere = all.filter(({ name }) =>
    ofClients.every((output) => output.clients.some((one) => one.name === name)),
  );
  const part = ofClients.length < outputs.length ? `, ${ofClients.length} of them` : "";
  const names = ofClients.length > 0 ? `${part} with ${listed(titlesOf(everywhere))}` : "";
  return { text: `${outputs.length} outputs verified${names}`, allVerified: true };
}

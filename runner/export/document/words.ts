import type {
  AgainPart,
  Document,
  DriverName,
  DriverSource,
  Output,
  StepPart,
} from "./document.ts";

// The sentences that the writers share. Names of code in them stand in backticks, as in Markdown.

/** Names in a sentence: "a", "a and b", "a, b and c". */
export function listed(names: readonly string[], conjunction = "and"): string {
  const last = names.at(-1) ?? "";
  if (names.length < 2) return last;
  return `${names.slice(0, -1).join(", ")} ${conjunction} ${last}`;
}

/** What is known about an output: who printed it, or that nobody was seen to. */
export function markOf({ verified, drivers }: Output): string {
  if (!verified) return "Not verified";
  return `Verified with ${listed(drivers.map(({ title }) => title))}`;
}

/** Says what an output without a verification is worth. */
export const unverifiedWarning = "No run has confirmed that the drivers print this.";
export const nothingPrinted = "There is no output of this run.";

export function connectionTitle(drivers: readonly DriverName[]): string {
  return `Connect with ${listed(
    drivers.map(({ title }) => title),
    "or",
  )}`;
}
export const connectionText =
  "Every step opens one connection, does its work, and closes the connection again. `settings` holds the parts of the connection string.";

export function connectionSummary({ driver }: DriverSource): string {
  return `How ${driver.title} does it`;
}

export function sharedSummary({ calls }: StepPart): string {
  return `What ${listed(calls.map((call) => `\`${call}\``))} ${calls.length > 1 ? "do" : "does"}`;
}
export const sharedText = "The same with every driver. Each statement goes to the driver's `send`.";

export function sourceSummary({ driver }: DriverSource): string {
  return `What ${driver.title} does`;
}
export function sourceText({ file, isWhole }: DriverSource): string {
  return isWhole ? `This is all of \`${file}\`.` : `From \`${file}\`:`;
}

export function againTitle({ step }: AgainPart): string {
  return `Run \`${step}\` again`;
}
export function againText({ after }: AgainPart): string {
  return `It shows what \`${after}\` has changed:`;
}

/** Introduces the changed lines. Undefined where there are none to be shown. */
export function changesText({ changes }: AgainPart): string | undefined {
  if (!changes) return undefined;
  return changes.length > 0
    ? "Compared with the last time:"
    : "This is what it printed the last time.";
}

/** The whole document's verification, in a sentence. */
export function summaryOf({ steps, drivers }: Document): { text: string; allVerified: boolean } {
  const outputs = steps.flatMap(({ output, again }) => [output, ...again.map((one) => one.output)]);
  const unverified = outputs.filter(({ verified }) => !verified).length;
  if (unverified > 0) {
    return {
      text: `${unverified} of ${outputs.length} outputs are not verified`,
      allVerified: false,
    };
  }
  // An export may have been verified with some of the drivers only.
  const names = drivers
    .filter(({ name }) =>
      outputs.every((output) => output.drivers.some((one) => one.name === name)),
    )
    .map(({ title }) => title);
  return { text: `${outputs.length} outputs verified with ${listed(names)}`, allVerified: true };
}

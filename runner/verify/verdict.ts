/** What a run of a step came to, over all clients. */
export type Verdict =
  /** Every client printed what the golden file says. */
  | "match"
  /** The clients agree with each other, and not with the golden file: the guide changed. */
  | "drift"
  /** The clients differ from each other: a driver is wrong. */
  | "divergence"
  /** A client's run failed, timed out, or wrote to stderr. */
  | "error"
  /** There is no golden file, or it is empty. */
  | "missing"
  /** An earlier run of a client failed, so this one says nothing. */
  | "skipped";

/** What is known about one client's run when it is judged. */
export type Evidence =
  | { readonly kind: "finished"; readonly isGolden: boolean; readonly digest: string }
  | { readonly kind: "failed" }
  | { readonly kind: "skipped" };

/** @param golden whether there is a golden file with something in it */
export function judge(evidence: readonly Evidence[], golden: boolean): Verdict {
  if (evidence.some(({ kind }) => kind === "failed")) return "error";
  const finished = evidence.filter((one) => one.kind === "finished");
  if (finished.length === 0 || finished.length < evidence.length) return "skipped";

  if (golden && finished.every(({ isGolden }) => isGolden)) return "match";
  const agree = finished.every(({ digest }) => digest === finished[0]?.digest);
  if (!agree) return "divergence";
  return golden ? "drift" : "missing";
}

/** One thing that a run needs. */
export interface Check {
  readonly name: string;
  readonly status: "ok" | "warning" | "failed";
  /** One line: what was found. */
  readonly found: string;
  /** What to do about it; empty where all is well. */
  readonly remedy: string;
}

export function ok(name: string, found: string): Check {
  return { name, status: "ok", found, remedy: "" };
}

export function warning(name: string, found: string, remedy: string): Check {
  return { name, status: "warning", found, remedy };
}

export function failed(name: string, found: string, remedy: string): Check {
  return { name, status: "failed", found, remedy };
}

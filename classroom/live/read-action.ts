import type { Action } from "./messages.ts";

/**
 * Reads what the page sent.
 * @param runs how many runs the guide has
 * @returns undefined for what is no action
 */
export function readAction(text: string, runs: number): Action | undefined {
  const json = parse(text);
  const run = "run" in json ? json.run : undefined;
  const isRun = typeof run === "number" && Number.isInteger(run) && run >= 0 && run < runs;
  switch ("kind" in json && json.kind) {
    case "run":
      return isRun ? { kind: "run", run } : undefined;
    case "back":
      return isRun ? { kind: "back", run } : undefined;
    case "all":
      return { kind: "all" };
    case "stop":
      return { kind: "stop" };
    case "runOnSave":
      return "isOn" in json && typeof json.isOn === "boolean"
        ? { kind: "runOnSave", isOn: json.isOn }
        : undefined;
    default:
      return undefined;
  }
}

function parse(text: string): object {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === "object" && json !== null ? json : {};
  } catch {
    return {};
  }
}

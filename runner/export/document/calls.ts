import type { Database } from "../../../drivers/driver.ts";
import { nodesIn, parseSource } from "./syntax.ts";

/** The methods of the interface that a step's code calls. `close` is called for it. */
const methods = [
  "execute",
  "executeMany",
  "query",
  "transaction",
] as const satisfies readonly (keyof Database)[];
const names: ReadonlySet<string> = new Set(methods);

/**
 * Finds the calls of the shared interface: `db.query(…)`, on a variable of any name.
 * @param code of a step
 * @returns the methods, each once, in the order in which the code calls them first
 */
export function callsIn(code: string): string[] {
  const program = parseSource(code);
  const found = new Set<string>();
  for (const node of program ? nodesIn(program) : []) {
    if (node.type !== "CallExpression" || node.callee.type !== "MemberExpression") continue;
    const { object, property, computed } = node.callee;
    if (computed || object.type !== "Identifier" || property.type !== "Identifier") continue;
    if (names.has(property.name)) found.add(property.name);
  }
  return [...found];
}

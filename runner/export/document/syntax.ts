import { parse } from "@babel/parser";
import type { Node, Program } from "@babel/types";

/**
 * Parses TypeScript.
 * @returns undefined where the source has a syntax error
 */
export function parseSource(source: string): Program | undefined {
  try {
    return parse(source, {
      sourceType: "module",
      plugins: ["typescript"],
      attachComment: false,
      createImportExpressions: true,
    }).program;
  } catch {
    return undefined;
  }
}

/** A node and everything below it, in the order of the source. */
export function* nodesIn(node: Node): Generator<Node> {
  yield node;
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) yield* nodesIn(child);
    }
  }
}

function isNode(value: unknown): value is Node {
  return (
    typeof value === "object" && value !== null && "type" in value && typeof value.type === "string"
  );
}

/** The source of a node, without the indentation of the line on which it begins. */
export function textOf(source: string, node: Node): string {
  const text = source.slice(startOf(node), endOf(node));
  return text.replaceAll(`\n${indentationAt(source, startOf(node))}`, "\n");
}

/** The blanks at the start of the line that a position is on. */
export function indentationAt(source: string, position: number): string {
  const line = source.slice(source.lastIndexOf("\n", position - 1) + 1);
  return /^[ \t]*/.exec(line)?.[0] ?? "";
}

/** Babel's types allow nodes without a position. Nodes from a parsed text always have one. */
export function startOf(node: Node): number {
  return node.start ?? 0;
}

export function endOf(node: Node): number {
  return node.end ?? 0;
}

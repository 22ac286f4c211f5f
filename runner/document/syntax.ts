import { type ParserOptions, parse } from "@babel/parser";
import type { Node, Program } from "@babel/types";
import { attempt } from "../common/failure.ts";

/**
 * Parses TypeScript.
 * @returns undefined where the source has a syntax error
 */
export function parseSource(source: string): Program | undefined {
  const options: ParserOptions = {
    sourceType: "module",
    plugins: ["typescript"],
    attachComment: false,
    createImportExpressions: true,
  };
  return attempt(() => parse(source, options).program, undefined);
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

/** Babel's types allow nodes without a position. Nodes from a parsed text always have one. */
export function startOf(node: Node): number {
  return node.start ?? 0;
}

export function endOf(node: Node): number {
  return node.end ?? 0;
}

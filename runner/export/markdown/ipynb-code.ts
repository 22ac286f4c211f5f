import { posix } from "node:path";
import { endOf, nodesIn, parseSource, startOf } from "../document/syntax.ts";

/**
 * Makes a step's code run in the guide's directory, where its notebook lies, instead of in `steps/`:
 * relative imports are written anew. Nothing else changes.
 */
export function atRoot(code: string): string {
  const program = parseSource(code);
  let result = "";
  let end = 0;
  for (const node of program ? nodesIn(program) : []) {
    // Only imports and exports have a source: https://github.com/babel/babel/blob/main/packages/babel-parser/ast/spec.md
    const source = "source" in node ? node.source : undefined;
    if (source?.type !== "StringLiteral" || !/^\.\.?\//.test(source.value)) continue;
    const path = posix.join("steps", source.value);
    const written = JSON.stringify(path.startsWith("../") ? path : `./${path}`);
    result += code.slice(end, startOf(source)) + written;
    end = endOf(source);
  }
  return result + code.slice(end);
}

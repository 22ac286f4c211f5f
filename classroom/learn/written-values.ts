import type { Node, VariableDeclarator } from "@babel/types";
import { nodesIn, parseSource } from "../../runner/document/syntax.ts";
import { queryIn } from "./awaits.ts";

/** A name that gets its value in the script, where the solution asks the server for it. */
export interface Written {
  readonly line: number;
  readonly name: string;
}

/**
 * Find a value that should have come from the server, and was written into the script: to print it shows nothing of
 * what the server does.
 * @param source TypeScript
 * @returns undefined also for a name that the solution does not have
 */
export function findWritten(source: string, solution: string): Written | undefined {
  const own = declaredIn(source);
  const asked = declaredIn(solution).filter(({ init }) => [...nodesIn(init)].some(queryIn));
  for (const name of asked.flatMap(({ names }) => names)) {
    const found = own.filter(({ names }) => names.includes(name));
    const [first] = found;
    // In another block, the same name may stand for something else.
    if (!first || !found.every(({ init }) => isWritten(init, own))) continue;
    return { line: first.init.loc?.start.line ?? 0, name };
  }
  return undefined;
}

interface Declared {
  readonly names: readonly string[];
  readonly init: Node;
}

/** The constants of a script: what is assigned later may be anything. */
function declaredIn(source: string): Declared[] {
  const program = parseSource(source);
  return [...(program ? nodesIn(program) : [])].flatMap((node) =>
    node.type === "VariableDeclaration" && node.kind === "const"
      ? node.declarations.flatMap(declared)
      : [],
  );
}

function declared({ id, init }: VariableDeclarator): Declared | [] {
  return init ? { names: namesIn(id), init } : [];
}

/** Names that a pattern such as { rows: [row] } declares. */
function namesIn(node: Node | null | undefined): string[] {
  switch (node?.type) {
    case "Identifier":
      return [node.name];
    case "ObjectPattern":
      return node.properties.flatMap((one) =>
        namesIn(one.type === "RestElement" ? one.argument : one.value),
      );
    case "ArrayPattern":
      return node.elements.flatMap(namesIn);
    case "AssignmentPattern":
      return namesIn(node.left);
    default:
      return [];
  }
}

/** What the language has by itself: JSON.parse and Promise.resolve ask no server. */
const builtIn = /^(JSON|Promise|Object|Array|Number|String|Boolean|Date|Math|undefined|NaN)$/;

/** True if the value is made of nothing but what the script says. */
function isWritten(node: Node, all: readonly Declared[], depth = 0): boolean {
  if (depth > 20) return false;
  const isSo = (one: Node | null | undefined) => !one || isWritten(one, all, depth + 1);
  switch (node.type) {
    case "StringLiteral":
    case "NumericLiteral":
    case "BooleanLiteral":
    case "NullLiteral":
    case "BigIntLiteral":
      return true;
    case "TemplateLiteral":
      return node.expressions.every(isSo);
    case "ArrayExpression":
      return node.elements.every(isSo);
    case "ObjectExpression":
      return node.properties.every((one) => {
        if (one.type === "ObjectMethod") return false;
        return isSo(one.type === "SpreadElement" ? one.argument : one.value);
      });
    case "SpreadElement":
    case "AwaitExpression":
    case "UnaryExpression":
      return isSo(node.argument);
    case "TSAsExpression":
    case "TSSatisfiesExpression":
    case "TSNonNullExpression":
      return isSo(node.expression);
    case "BinaryExpression":
      return isSo(node.left) && isSo(node.right);
    case "MemberExpression":
      // How many rows were sent is known without an answer.
      return !isLength(node.property) && isSo(node.object);
    case "CallExpression":
    case "NewExpression":
      return isSo(node.callee) && node.arguments.every(isSo);
    case "Identifier": {
      if (builtIn.test(node.name)) return true;
      const found = all.find(({ names }) => names.includes(node.name));
      return found !== undefined && isSo(found.init);
    }
    default:
      return false;
  }
}

function isLength(node: Node): boolean {
  return node.type === "Identifier" && node.name === "length";
}

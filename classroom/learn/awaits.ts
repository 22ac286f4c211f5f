import type { CallExpression, Node } from "@babel/types";
import { nodesIn, parseSource } from "../../runner/document/syntax.ts";

/** A query whose answer nothing waits for. */
export interface Unawaited {
  readonly line: number;
  readonly kind: "query" | "forEach";
  /** As a learner would name it, such as client.query(…). */
  readonly call: string;
}

/** Methods that send something, in pg, postgres.js, Drizzle and the guide's steps. They return promises. */
const sending = new Set(["query", "execute", "unsafe", "begin", "transaction"]);

/** With these, a query of Drizzle's begins. Without await, it is never sent. */
const building = /^(db|tx)\.(insert|update|delete|select)\b/;

/**
 * Find the first query that nothing waits for. That it is done in time, if it is, is luck.
 * @param source TypeScript
 */
export function findUnawaited(source: string): Unawaited | undefined {
  const program = parseSource(source);
  const found = program ? [...nodesIn(program)].flatMap((node) => unawaitedIn(node) ?? []) : [];
  return found.sort((one, other) => one.line - other.line)[0];
}

function unawaitedIn(node: Node): Unawaited | undefined {
  if (node.type === "ExpressionStatement") return queryIn(node.expression);
  // const { rows } = client.query(…): a promise has no rows.
  if (node.type !== "VariableDeclarator" || !node.init) return undefined;
  const isTakenApart = node.id.type === "ObjectPattern" || node.id.type === "ArrayPattern";
  return isTakenApart ? queryIn(node.init) : undefined;
}

function queryIn(node: Node): Unawaited | undefined {
  const line = node.loc?.start.line ?? 0;
  if (node.type === "TaggedTemplateExpression") {
    return pathOf(node.tag) === "sql" ? { line, kind: "query", call: "sql`…`" } : undefined;
  }
  if (node.type !== "CallExpression") return undefined;
  const path = pathOf(node);
  const last = path.split(".").at(-1) ?? "";
  if (last === "forEach") {
    return hasAsync(node) ? { line, kind: "forEach", call: `${path}(async …)` } : undefined;
  }
  const hasCallback = last === "query" && node.arguments.some(isFunction);
  const isHandled = ["then", "catch", "finally"].includes(last);
  if (hasCallback || isHandled || !(sending.has(last) || building.test(path))) return undefined;
  return { line, kind: "query", call: `${path}(…)` };
}

function isFunction(node: Node): boolean {
  return node.type === "ArrowFunctionExpression" || node.type === "FunctionExpression";
}

function hasAsync(call: CallExpression): boolean {
  return call.arguments.some((one) => isFunction(one) && "async" in one && one.async);
}

/** The names in a chain of calls, such as db.insert.values. */
function pathOf(node: Node): string {
  if (node.type === "CallExpression") return pathOf(node.callee);
  if (node.type === "Identifier") return node.name;
  if (node.type !== "MemberExpression") return "";
  return `${pathOf(node.object)}.${pathOf(node.property)}`;
}

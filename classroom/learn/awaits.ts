import type { Node } from "@babel/types";
import { nodesIn, parseSource } from "../../runner/document/syntax.ts";

/** A query whose answer nothing waits for. */
export interface Unawaited {
  readonly line: number;
  /** A loop runs a query for each of a list, as forEach does. */
  readonly kind: "query" | "loop";
  /** As a learner would name it, such as client.query(…). */
  readonly call: string;
}

/** Methods that send something, in pg, postgres.js, Drizzle and the guide's steps. They return promises. */
const sending = new Set(["query", "execute", "unsafe", "begin", "transaction", "all"]);

/** With these, a query of Drizzle's begins. Without await, it is never sent. */
const building = /^(db|tx)\.(insert|update|delete|select)\b/;

/**
 * Find the first query that nothing waits for. That it is done in time, if it is, is luck.
 * @param source TypeScript
 */
export function findUnawaited(source: string): Unawaited | undefined {
  const program = parseSource(source);
  const nodes = program ? [...nodesIn(program)] : [];
  const opened = new Set(nodes.flatMap((node) => openedName(node) ?? []));
  const found = nodes.flatMap((node) => unawaitedIn(node, opened) ?? []);
  return found.sort((one, other) => one.line - other.line)[0];
}

/** @param opened names whose rows or count are read */
function unawaitedIn(node: Node, opened: ReadonlySet<string>): Unawaited | undefined {
  if (node.type === "ExpressionStatement") return queryIn(node.expression);
  // const { rows } = client.query(…): a promise has no rows.
  if (node.type !== "VariableDeclarator" || !node.init) return undefined;
  if (node.id.type !== "Identifier") return queryIn(node.init);
  const found = opened.has(node.id.name) ? queryIn(node.init) : undefined;
  return found?.kind === "query" ? found : undefined; // a list of promises has a length
}

/** The name in result.rows and in for (… of rows). */
function openedName(node: Node): string | undefined {
  const isRead =
    node.type === "MemberExpression" &&
    node.property.type === "Identifier" &&
    ["rows", "rowCount", "count", "length"].includes(node.property.name);
  const opened = isRead ? node.object : node.type === "ForOfStatement" ? node.right : undefined;
  return opened?.type === "Identifier" ? opened.name : undefined;
}

/** The query that a call sends, if nothing handles its promise. */
export function queryIn(node: Node): Unawaited | undefined {
  const line = node.loc?.start.line ?? 0;
  if (node.type === "TaggedTemplateExpression") {
    return pathOf(node.tag) === "sql" ? { line, kind: "query", call: "sql`…`" } : undefined;
  }
  if (node.type !== "CallExpression") return undefined;
  const path = pathOf(node);
  const last = path.split(".").at(-1) ?? "";
  if (last === "forEach" || last === "map") {
    const isLoop = node.arguments.some(sends);
    return isLoop ? { line, kind: "loop", call: `${path}(…)` } : undefined;
  }
  const hasCallback = last === "query" && node.arguments.some(isFunction);
  const isHandled = ["then", "catch", "finally"].includes(last);
  if (hasCallback || isHandled || !(sending.has(last) || building.test(path))) return undefined;
  return { line, kind: "query", call: `${path}(…)` };
}

function isFunction(node: Node): boolean {
  return node.type === "ArrowFunctionExpression" || node.type === "FunctionExpression";
}

/** A function that is async, or gives back what a query gives. */
function sends(node: Node): boolean {
  if (node.type !== "ArrowFunctionExpression")
    return isFunction(node) && "async" in node && node.async === true;
  return node.async || queryIn(node.body) !== undefined;
}

/** The names in a chain of calls, such as db.insert.values. */
function pathOf(node: Node): string {
  if (node.type === "CallExpression") return pathOf(node.callee);
  if (node.type === "Identifier") return node.name;
  if (node.type !== "MemberExpression") return "";
  return `${pathOf(node.object)}.${pathOf(node.property)}`;
}

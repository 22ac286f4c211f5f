import type { Node, ObjectExpression, Program, Statement } from "@babel/types";
import { endOf, indentationAt, nodesIn, parseSource, startOf, textOf } from "./syntax.ts";

/** The two parts of a driver's file that a reader wants to see. */
export interface DriverCut {
  /** The function that connects. Of the object that it gives to `openDatabase`, only `close`. */
  readonly connection: string;
  /** How a statement is sent, with the functions of the file that this uses. */
  readonly statements: string;
}

/**
 * Cuts a driver's file. It can be cut where it gives an object literal with `send` and `close` to
 * `openDatabase`, somewhere in a statement at the top of the file.
 * @returns undefined where it cannot
 */
export function cutDriver(source: string): DriverCut | undefined {
  const program = parseSource(source);
  if (!program) return undefined;

  const found = findConnection(program);
  const send = found && property(found.object, "send");
  const close = found && property(found.object, "close");
  if (!found || !send || !close) return undefined;

  const used = functionsUsed(program, send, found.statement).map((one) =>
    withComment(source, program, one),
  );
  return {
    connection: withOnly(source, program, found, close),
    statements: [textOf(source, send), ...used].join("\n\n"),
  };
}

/**
 * Cuts methods out of the file that they share, `database.ts`: those of the object literal that
 * its function `openDatabase` returns.
 * @returns the methods' code; empty where one of them is not found
 */
export function cutMethods(source: string, names: readonly string[]): string {
  const program = parseSource(source);
  for (const node of program ? nodesIn(program) : []) {
    if (node.type !== "FunctionDeclaration" || node.id?.name !== "openDatabase") continue;
    const end = node.body.body.find((statement) => statement.type === "ReturnStatement");
    if (end?.argument?.type !== "ObjectExpression") continue;
    const { argument } = end;
    const methods = names.map((name) => property(argument, name));
    const texts = methods.map((method) => (method ? textOf(source, method) : ""));
    return texts.includes("") ? "" : texts.join("\n\n");
  }
  return "";
}

interface Connection {
  readonly statement: Statement;
  readonly object: ObjectExpression;
}

function findConnection(program: Program): Connection | undefined {
  for (const statement of program.body) {
    for (const node of nodesIn(statement)) {
      if (node.type !== "CallExpression" || node.callee.type !== "Identifier") continue;
      const [object] = node.arguments;
      if (node.callee.name !== "openDatabase" || object?.type !== "ObjectExpression") continue;
      return { statement, object };
    }
  }
  return undefined;
}

function property(object: ObjectExpression, name: string): Node | undefined {
  return object.properties.find(
    (one) => one.type !== "SpreadElement" && one.key.type === "Identifier" && one.key.name === name,
  );
}

/** The functions at the top of the file that a node names, and those that they name in turn. */
function functionsUsed(program: Program, node: Node, except: Statement): Statement[] {
  const used = new Set<Statement>();
  const pending = [node];
  for (let next = pending.pop(); next; next = pending.pop()) {
    for (const name of nodesIn(next)) {
      if (name.type !== "Identifier") continue;
      const found = program.body.find(
        (one) => one.type === "FunctionDeclaration" && one.id?.name === name.name,
      );
      if (!found || found === except || used.has(found)) continue;
      used.add(found);
      pending.push(found);
    }
  }
  return program.body.filter((statement) => used.has(statement));
}

/** A statement with one property of its object literal: what stands for the others is `// …`. */
function withOnly(source: string, program: Program, found: Connection, one: Node): string {
  const { statement, object } = found;
  const start = commentStart(source, program, statement);
  const before = source.slice(start, startOf(object));
  const after = source.slice(endOf(object), endOf(statement));
  const outer = indentationAt(source, startOf(object));
  const kept = textOf(source, one).replaceAll("\n", `\n${outer}  `);
  return `${before}{\n${outer}  // …\n${outer}  ${kept},\n${outer}}${after}`;
}

function withComment(source: string, program: Program, statement: Statement): string {
  return source.slice(commentStart(source, program, statement), endOf(statement));
}

/** Where the comment before a statement begins: after the statement before it. */
function commentStart(source: string, program: Program, statement: Statement): number {
  const before = program.body[program.body.indexOf(statement) - 1];
  const end = before ? endOf(before) : 0;
  return end + (/^\s*/.exec(source.slice(end))?.[0].length ?? 0);
}

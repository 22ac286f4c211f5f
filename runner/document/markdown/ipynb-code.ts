import { builtinModules } from "node:module";
import { endOf, nodesIn, parseSource, startOf } from "../syntax.ts";

/** Libraries that import another one, without naming its version: Deno does not fetch those. */
const peers: Readonly<Record<string, string>> = { "drizzle-orm/node-postgres": "pg" };

/**
 * Makes a script's code run in a cell of a notebook, which lies in no package: Deno finds a library
 * by `npm:` and its name. What a script imports from the file beside it, an earlier cell has made.
 */
export function toCellCode(code: string): string {
  const program = parseSource(code);
  const edits: { readonly start: number; readonly end: number; readonly text: string }[] = [];
  for (const node of program ? nodesIn(program) : []) {
    if (node.type === "ExportNamedDeclaration" && node.declaration) {
      edits.push({ start: startOf(node), end: startOf(node.declaration), text: "" });
    }
    if (node.type !== "ImportDeclaration") continue;
    const { source } = node;
    if (source.value.startsWith(".")) {
      edits.push({ start: startOf(node), end: endOf(node) + 1, text: "" });
    } else if (!isOfNode(source.value)) {
      const peer = peers[source.value];
      if (peer) {
        edits.push({ start: startOf(node), end: startOf(node), text: `import "npm:${peer}";\n` });
      }
      edits.push({
        start: startOf(source),
        end: endOf(source),
        text: JSON.stringify(`npm:${source.value}`),
      });
    }
  }
  let result = "";
  let end = 0;
  for (const edit of edits) {
    result += code.slice(end, edit.start) + edit.text;
    end = edit.end;
  }
  return result + code.slice(end);
}

function isOfNode(name: string): boolean {
  return name.startsWith("node:") || builtinModules.includes(name);
}

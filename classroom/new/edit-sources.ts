import { Failure } from "../../runner/common/failure.ts";

/**
 * Writes a guide.json anew with a step at the end of its runs. Everything else in it stays.
 * @param text of a guide.json that was read without a complaint
 */
export function withRun(text: string, name: string): string {
  const manifest: Readonly<Record<string, unknown>> = JSON.parse(text);
  const runs = Array.isArray(manifest.runs) ? manifest.runs : [];
  const entries = Object.entries({ ...manifest, runs: [...runs, name] });
  const lines = entries.map(([key, value]) => `  ${JSON.stringify(key)}: ${oneLine(value)}`);
  return `{\n${lines.join(",\n")}\n}\n`;
}

function oneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(
    ([key, one]) => `${JSON.stringify(key)}: ${oneLine(one)}`,
  );
  return `{ ${entries.join(", ")} }`;
}

/**
 * Names a driver in the list of drivers: after the last one, in the source as it is.
 * @param file for the message
 * @throws Failure of kind "layout" where the source has no such list
 */
export async function withDriver(source: string, name: string, file: string): Promise<string> {
  const { endOf, nodesIn, parseSource } = await import("../../runner/document/syntax.ts");
  const program = parseSource(source);
  const nodes = program ? [...nodesIn(program)] : [];
  const list = nodes.find(
    (node) =>
      node.type === "VariableDeclarator" &&
      node.id.type === "Identifier" &&
      node.id.name === "drivers",
  );
  const value = list?.type === "VariableDeclarator" ? list.init : undefined;
  const last = value?.type === "ObjectExpression" ? value.properties.at(-1) : undefined;
  if (!last) {
    throw new Failure("layout", `${file} has no list of drivers. Add "${name}" to it by hand.`);
  }
  const key = /^[a-z]\w*$/.test(name) ? name : JSON.stringify(name);
  const place = endOf(last);
  return `${source.slice(0, place)},\n  ${key}: () => import("./${name}.ts")${source.slice(place)}`;
}

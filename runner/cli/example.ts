import { guideCommand } from "../common/project.ts";

/** What `--help` of a command ends with. */
export function example(...lines: readonly string[]): string {
  const head = lines.length === 1 ? "Example:" : "Examples:";
  return `\n${[head, ...lines.map((line) => `  ${guideCommand} ${line}`)].join("\n")}`;
}

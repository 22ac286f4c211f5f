import fc from "fast-check";

/** A block of SQL, and an output below it. */
export interface Item {
  readonly sql: string;
  readonly output: readonly string[];
  readonly container: "" | "- " | "1. " | "> " | "- > " | "> - ";
  readonly fence: string;
  readonly text: string;
}

export interface RandomPage {
  readonly items: readonly Item[];
  readonly end: "\n" | "\r\n";
  readonly hasMark: boolean;
}

const text = fc.stringMatching(/^[a-zäß漢字é🙂 ]{0,30}$/u).map((words) => `x${words.trim()}`);
export const outputLine = fc.oneof(
  text,
  fc.constant(""),
  fc.constantFrom("a | b", "…", "\tq", "  z"),
);

/** Outputs are psql's by their rule. */
const output = fc
  .array(outputLine, { maxLength: 4 })
  .map((lines) => [" n", "---", ...lines.filter((line) => line !== ""), " 1"]);

export const item: fc.Arbitrary<Item> = fc.record({
  sql: fc.constantFrom("SELECT 1 AS n;", "TABLE t;"),
  output,
  container: fc.constantFrom("", "- ", "1. ", "> ", "- > ", "> - "),
  fence: fc
    .tuple(fc.constantFrom("`", "~"), fc.integer({ min: 3, max: 7 }))
    .map(([mark, count]) => mark.repeat(count)),
  text,
});

export const randomPage: fc.Arbitrary<RandomPage> = fc.record({
  items: fc.array(item, { minLength: 1, maxLength: 6 }),
  end: fc.constantFrom("\n", "\r\n"),
  hasMark: fc.boolean(),
});

/** Writes a page, with its own outputs or with others. */
export function textOf(
  { items, end, hasMark }: RandomPage,
  outputs: readonly (readonly string[])[] = items.map((one) => one.output),
): string {
  const lines = items.flatMap(({ sql, container, fence, text: words }, index) => [
    ...["", `## ${index}`, "", words, ""],
    ...inContainer(container, [
      ...[`${fence}sql`, sql, fence, "", words, ""],
      ...[fence, ...(outputs[index] ?? []), fence],
    ]),
  ]);
  return `${hasMark ? "\uFEFF" : ""}# A page${end}${lines.join(end)}${end}${end}The end`;
}

/** Markers of lists are blank below their first line; those of quotes are not. */
function inContainer(container: string, lines: readonly string[]): string[] {
  const below = container.replace(/[^\s>]/g, " ");
  return lines.map((line, index) => {
    const prefix = index === 0 ? container : below;
    return line === "" ? prefix.trimEnd() : prefix + line;
  });
}
